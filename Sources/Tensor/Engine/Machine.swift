import CKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a measurement was made on: reports carry it, because a time without its machine says nothing.
package struct Machine: Codable, Sendable {
  /// The processor's name as the system gives it.
  package var processor: String
  /// How many processors this process may use.
  package var processorCount: Int
  /// The instruction set of Apus's own kernels.
  package var instructionSet: String
  /// The version of OpenBLAS.
  package var openBLAS: String
  /// The core whose kernels OpenBLAS chose.
  package var openBLASCore: String

  /// The machine that the program runs on.
  package static var current: Machine {
    let version = BLAS.configuration.split(separator: " ").prefix(2).dropFirst().first
    return Machine(
      processor: processorName, processorCount: apus_processor_count(),
      instructionSet: String(cString: apus_isa_name(apus_isa_active())),
      openBLAS: version.map(String.init) ?? BLAS.configuration, openBLASCore: BLAS.coreName)
  }

  /// One line for a terminal.
  package var summary: String {
    "\(processor), \(processorCount) processor\(processorCount == 1 ? "" : "s"), "
      + "\(instructionSet) kernels, OpenBLAS \(openBLAS) (\(openBLASCore))"
  }

  private static var processorName: String {
    #if canImport(Darwin)
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var name = [UInt8](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0)
      return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    #else
      guard let file = fopen("/proc/cpuinfo", "r") else { return "unknown processor" }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 1024)
      while fgets(&line, Int32(line.count), file) != nil {
        let text = String(
          decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        // x86 names the model; many arm64 systems give only the architecture.
        guard text.hasPrefix("model name") || text.hasPrefix("Model"),
          let colon = text.firstIndex(of: ":")
        else { continue }
        return String(
          text[text.index(after: colon)...].drop { $0 == " " }.prefix { $0 != "\n" })
      }
      return "unknown processor"
    #endif
  }
}

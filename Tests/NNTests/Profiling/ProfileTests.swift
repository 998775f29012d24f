import Foundation
import NN
import Tensor
import Testing

@Suite struct ProfileTests {
  private let images = Tensor<Float>.ones([4, 1, 6, 6])
  private let labels = Tensor<Int32>([0, 1, 2, 0])

  private func network() -> Sequential<Float> {
    Sequential {
      Conv2D(1, 2, kernel: 3).named("conv")
      ReLU()
      Flatten()
      Linear(32, 3).named("head")
    }
  }

  private func profile(repetitions: Int = 1) -> Profile {
    let network = network()
    let optimizer = SGD(network, learningRate: 0.1)
    return profiling(repetitions: repetitions) {
      let (_, gradients) = valueAndGradients(of: network) {
        softmaxCrossEntropy(network(images), labels)
      }
      optimizer.update(along: gradients)
    }.profile
  }

  @Test func operationsAndLayersHaveTheirRows() throws {
    let profile = profile(repetitions: 3)
    #expect(profile.repetitions == 3)
    let names = Set(profile.byOperation.map(\.operation))
    #expect(
      names == ["convolve", "relu", "reshape", "linear", "softmaxCrossEntropy", "SGD update"])
    let layers = Set(profile.byLayer.map(\.layer))
    #expect(layers.isSuperset(of: ["conv (Conv2D)", "head (Linear)", ""]))
    for row in profile.byOperation {
      #expect(row.calls == 3 && row.forwardSeconds > 0)
      // Nothing is computed backwards for the update.
      #expect((row.backwardSeconds > 0) == (row.operation != "SGD update"))
    }
    let seconds = profile.byOperation.map(\.seconds)
    #expect(seconds == seconds.sorted(by: >))
    let sums = [profile.byOperation, profile.byLayer].map { $0.reduce(0) { $0 + $1.seconds } }
    #expect(abs(sums[0] - sums[1]) < 1e-9)
    #expect(profile.otherSeconds >= 0)
    #expect(abs(profile.totalSeconds - sums[0] - profile.otherSeconds) < 1e-9)
  }

  @Test func multiplyAddsAreThoseOfTheDefinition() throws {
    let rows = Dictionary(uniqueKeysWithValues: profile().byOperation.map { ($0.operation, $0) })
    // 4 images, 2 channels of 4 × 4 windows of 3 × 3; the images need no gradient.
    #expect(try #require(rows["convolve"]).multiplyAdds == 2 * 4 * 2 * 16 * 9)
    #expect(try #require(rows["linear"]).multiplyAdds == 3 * 4 * 32 * 3)
    #expect(try #require(rows["relu"]).multiplyAdds == 0)
    // The result, the operand, the gradient that came and the one that was made.
    #expect(try #require(rows["relu"]).bytesMoved == 4 * 4 * 128)
    #expect(try #require(rows["linear"]).bytesAllocated > 0)
  }

  @Test func regionsCountTheirOwnTime() throws {
    let x = Variable(Tensor<Double>.ones([8]))
    let profile = profiling {
      profileRegion("outer") {
        _ = gradient(at: x) { $0.exp().sum() }
        return profileRegion("inner") { x.value.sum() }
      }
    }.profile
    let names = profile.byOperation.map(\.operation)
    #expect(Set(names) == ["outer", "inner", "exp", "sum"])
    #expect(profile.otherSeconds >= 0)
    #expect(profileRegion("nobody profiles") { 7 } == 7)
  }

  /// What a block recomputes while its gradient is computed counts once.
  @Test func recomputedBlocksCountOnce() throws {
    let weight = Variable(Tensor<Double>.ones([5, 5]))
    let profile = profiling {
      _ = gradient(at: weight) { weight in
        recomputing { weight.matmul(weight).tanh() }.sum()
      }
    }.profile
    let all = profile.byOperation.reduce(0) { $0 + $1.multiplyAdds }
    #expect(all == 4 * 125)  // forward twice, and a gradient for each side
    #expect(profile.otherSeconds >= 0)
  }

  @Test func theTraceIsJSONWithNestedTimes() throws {
    struct Trace: Decodable {
      struct Event: Decodable {
        struct Arguments: Decodable {
          var layer: String?
          var multiplyAdds: Int?
        }
        var name: String
        var ph: String
        var tid: Int
        var ts: Double?
        var dur: Double?
        var args: Arguments
      }
      var traceEvents: [Event]
    }
    let profile = profile(repetitions: 2)
    let trace = try JSONDecoder().decode(Trace.self, from: Data(profile.chromeTrace.utf8))
    let timed = trace.traceEvents.filter { $0.ph == "X" }
    let repetitions = timed.filter { $0.tid == 0 }
    #expect(repetitions.map(\.name) == ["repetition 1", "repetition 2"])
    for event in timed where event.tid > 0 {
      let start = try #require(event.ts)
      let end = start + (try #require(event.dur))
      #expect(
        repetitions.contains { start >= $0.ts! - 0.001 && end <= $0.ts! + $0.dur! + 0.001 },
        "\(event.name) is in no repetition")
    }
    let operations = timed.filter { $0.tid == 2 }
    #expect(operations.count == 2 * 11)  // 6 forward, 5 of them backward
    #expect(operations.contains { $0.name == "linear" && $0.args.layer == "head (Linear)" })
    #expect(timed.contains { $0.tid == 1 && $0.name == "conv (Conv2D)" })
  }

  @Test func theTablesAreAligned() throws {
    let lines = "\(profile())".split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("one of 1 repetition took "))
    let header = try #require(lines.firstIndex { $0.hasPrefix("operation ") })
    let end = lines[header].components(separatedBy: "backward")[0].count + "backward".count
    for line in lines[(header + 1)...].prefix(while: { !$0.isEmpty })
    where !line.contains("update") {
      #expect(line.prefix(end).hasSuffix("s"), "\(line)")
    }
    #expect(lines.contains { $0.contains("head (Linear)") && $0.contains("GFLOP/s") })
  }

  @Test func badRepetitions() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = profiling(repetitions: 0) {} }
    expectMessage(result, "profiling: repetitions must be at least 1, got 0")
  }
}

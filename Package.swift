// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Apus",
  // InlineArray and Synchronization need this runtime; macOS is declared but untested.
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Tensor", targets: ["Tensor"]),
    .library(name: "NN", targets: ["NN"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .executable(name: "bench", targets: ["bench"]),
    .executable(name: "mnist", targets: ["mnist"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .systemLibrary(
      name: "CBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]
    ),
    .systemLibrary(
      name: "CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
    ),
    .target(name: "CKernels"),
    .target(name: "Tensor", dependencies: ["CBLAS", "CKernels", "CZlib"]),
    .target(name: "NN", dependencies: ["Tensor"]),
    .target(
      name: "Datasets",
      dependencies: ["Tensor", "CZlib"],
      resources: [.copy("Resources/mnist-5k")]
    ),
    .target(name: "CPeak", path: "Benchmarks/CPeak"),
    .executableTarget(
      name: "bench",
      dependencies: [
        "NN", "Datasets", "CPeak",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/bench"
    ),
    .executableTarget(
      name: "mnist",
      dependencies: [
        "NN", "Datasets",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Examples/mnist"
    ),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
    .testTarget(name: "TensorTests", dependencies: ["Tensor"], exclude: ["Fixtures"]),
    .testTarget(name: "NNTests", dependencies: ["NN"], exclude: ["Fixtures"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Tensor", "CZlib"]),
    .testTarget(
      name: "ExamplesTests", dependencies: ["Datasets", "NN", "Tensor", "bench", "mnist"]),
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

// On Linux zlib and libpng stand where the compiler looks. Naming their pkg-config files there would only warn
// programs that embed VAECore and use neither; Homebrew's libpng is found through pkg-config alone.
#if os(macOS)
  let pngPackage: String? = "libpng"
#else
  let pngPackage: String? = nil
#endif

let package = Package(
  name: "VAECore",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "VAECore", targets: ["VAECore"]),
    .library(name: "VAEFiles", targets: ["VAEFiles"]),
    .library(name: "VAEExplanation", targets: ["VAEExplanation"]),
    .library(name: "VAEComparison", targets: ["VAEComparison"]),
    .library(name: "VAEMPI", targets: ["VAEMPI"]),
    .executable(name: "vae", targets: ["vae"]),
    .executable(name: "vae-bench", targets: ["vae-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // The library, and what it stands on.
    .target(
      name: "VAECore",
      dependencies: ["CBLAS", "CBFloat16", "CVectorMath", .product(name: "SystemPackage", package: "swift-system")],
      linkerSettings: [.linkedLibrary("lapacke", .when(platforms: [.linux]))]),
    .target(name: "CVectorMath"),
    .target(name: "CBFloat16", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"]), .brew(["openblas"])]),

    // How the gradient comes about, and that it is right.
    .target(name: "VAEExplanation", dependencies: ["VAECore"]),

    // How good synthetic rows of a table are.
    .target(name: "VAEComparison", dependencies: ["VAECore"]),

    // Training on several machines, for those who want it. MPI's library is loaded while a program runs.
    .target(name: "VAEMPI", dependencies: ["VAECore"]),

    // Compressed files and pictures, for those who want them.
    .target(name: "VAEFiles", dependencies: ["VAECore", "CZlib", "CPNG"]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: pngPackage, providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),

    // The command-line tool.
    .executableTarget(
      name: "vae",
      dependencies: [
        "VAECore", "VAEComparison", "VAEExplanation", "VAEFiles", "VAEMPI", "CommandSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),

    // The benchmarks.
    .executableTarget(
      name: "vae-bench",
      dependencies: [
        "VAECore", "VAEExplanation", "VAEFiles", "VAEMPI", "CommandSupport", "CPeaks",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/vae-bench"),
    .target(name: "CPeaks", path: "Benchmarks/CPeaks"),

    // What both tools print with.
    .target(name: "CommandSupport", dependencies: ["VAECore"]),

    // Tests.
    .testTarget(
      name: "VAECoreTests",
      dependencies: ["VAECore", "VAEExplanation", "CVectorMath", "CAllocationCount", "TestSupport"]),
    .testTarget(name: "VAEExplanationTests", dependencies: ["VAEExplanation", "TestSupport"]),
    .testTarget(name: "VAEComparisonTests", dependencies: ["VAEComparison", "TestSupport"]),
    .testTarget(name: "VAEFilesTests", dependencies: ["VAEFiles", "CPNG", "TestSupport"]),
    .testTarget(name: "VAEMPITests", dependencies: ["VAEMPI"]),
    .testTarget(name: "CommandSupportTests", dependencies: ["CommandSupport"]),
    .testTarget(
      name: "vaeTests", dependencies: ["vae", "vae-bench", "VAECore", "VAEExplanation", "VAEFiles", "TestSupport"]),
    .target(name: "TestSupport", dependencies: ["VAECore", "CZlib"], path: "Tests/TestSupport"),
    .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

// The parsers under libFuzzer. It links with `--sanitize fuzzer` alone, as scripts/fuzz builds it: libFuzzer brings `main`.
let package = Package(
  name: "Fuzzing",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "VAECore", path: "..")],
  targets: [
    .executableTarget(
      name: "Fuzzing",
      dependencies: [
        "CFuzzer", .product(name: "VAECore", package: "VAECore"), .product(name: "VAEFiles", package: "VAECore"),
      ]),
    .systemLibrary(name: "CFuzzer"),
  ],
  swiftLanguageModes: [.v6]
)

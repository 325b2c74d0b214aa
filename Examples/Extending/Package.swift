// swift-tools-version: 6.2
import PackageDescription

// How another package uses VAECore. Outside this repository, give its URL and a version instead of a path.
let package = Package(
  name: "Extending",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "VAECore", path: "../..")],
  targets: [
    .executableTarget(
      name: "Extending",
      dependencies: [
        .product(name: "VAECore", package: "VAECore"), .product(name: "VAEExplanation", package: "VAECore"),
      ])
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

// How another package uses VAECore. Outside this repository, give its URL and a version instead of a path.
let package = Package(
  name: "Serving",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "VAECore", path: "../..")],
  targets: [
    .executableTarget(name: "Serving", dependencies: [.product(name: "VAECore", package: "VAECore")])
  ],
  swiftLanguageModes: [.v6]
)

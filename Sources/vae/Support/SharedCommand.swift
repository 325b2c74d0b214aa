import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEMPI

/// A command that several processes can do together.
protocol SharedCommand: ParsableCommand {
  mutating func run(with ranks: Ranks) throws
}

extension SharedCommand {
  mutating func run() throws { try run(with: .alone) }
}

extension ParsableCommand {
  /// Whether it says no more than how commands are used: the parser's own, and those that only hold others.
  fileprivate var isHelp: Bool {
    Self.configuration.commandName == "help" || !Self.configuration.subcommands.isEmpty
  }
}

extension MPILauncher {
  /// Runs a command together with the other processes that were started.
  ///
  /// - Throws: what all of them know of. Where one fails alone, it says so, and ends all of them.
  func run(_ command: any ParsableCommand) throws {
    if command.isHelp {
      var help = command
      if rank == 0 { try help.run() }
      return
    }
    guard var command = command as? any SharedCommand else {
      throw VAEError(
        .configuration,
        "\(name) has started \(count) processes, and this command is for one: start it by itself. (Where it is to run so many times, "
          + "set the environment variable VAE_MPI to off.)")
    }
    let ranks: Ranks
    do {
      // Where one has failed before it joins, some implementations let the others wait without end.
      let watch = try Watch(after: MPICommunicator.usualPatience()) { [self] in
        say(
          VAEError(
            .communication,
            "Not all of the \(count) ranks have joined: another has failed before, or was started in another way."),
          as: "rank \(rank)")
        _exit(1)
      }
      ranks = try Ranks(joining: self)
      watch.cancel()
    } catch {
      say(error, as: "rank \(rank)")
      _exit(1)
    }
    do {
      try command.run(with: ranks)
      ranks.communicator?.finish()
    } catch  where error is SharedFailure || error is ExitCode {
      ranks.communicator?.finish()
      throw error
    } catch {
      say(error, as: ranks.name(rank))
      ranks.communicator?.abort(1)
      _exit(1)
    }
  }

  private func say(_ error: any Error, as name: String) {
    // The leader may have the same to say, and then it ends all.
    if rank > 0 { sleep(2) }
    let text = VAECommand.fullMessage(for: VAECommand.told(error))
    FileHandle.standardError.write(Data((rank > 0 ? "On \(name): \(text)\n" : text + "\n").utf8))
    // A launcher that is told to end all drops what it has not passed on yet.
    usleep(500_000)
  }
}

/// Does something after a time, unless it is cancelled before.
private final class Watch: Sendable {
  private let isCancelled = Locked(false)

  init(after time: Duration, _ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread { [isCancelled] in
      Thread.sleep(forTimeInterval: time / .seconds(1))
      isCancelled.withLock { if !$0 { body() } }
    }
  }

  func cancel() { isCancelled.withLock { $0 = true } }
}

import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first asks to stop at the next good place, the second ends the program at once.
///
/// Among several ranks SIGUSR1 does, too, which launchers pass on and do not mean themselves. There a second signal ends nothing: a terminal
/// sends Ctrl-C to the launcher and to its processes, to which the launcher then sends SIGTERM.
enum Interruption {
  private static let received = Atomic<CInt>(0)
  private static let endsAtOnce = Atomic(true)

  /// From now on the signals are heard.
  static func listen(amongRanks: Bool = false) {
    endsAtOnce.store(!amongRanks, ordering: .relaxed)
    let numbers = amongRanks ? [SIGINT, SIGTERM, SIGUSR1] : [SIGINT, SIGTERM]
    // The handler may only do what is safe in the middle of anything. This first use makes the atomic.
    received.store(0, ordering: .relaxed)
    // A program that is started by a thread which blocks them starts with them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in numbers { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in numbers {
      signal(number) { number in
        let isSecond = Interruption.received.exchange(number, ordering: .relaxed) != 0
        if isSecond && Interruption.endsAtOnce.load(ordering: .relaxed) { _exit(128 + number) }
      }
    }
  }

  /// The signal that came, if one did.
  static var signalNumber: CInt? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}

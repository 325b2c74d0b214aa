import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first asks to stop at the next good place, the second ends the program at once.
enum Interruption {
  private static let received = Atomic<CInt>(0)

  /// From now on the signals are heard.
  static func listen() {
    // The handler may only do what is safe in the middle of anything. This first use makes the atomic.
    received.store(0, ordering: .relaxed)
    // A program that is started by a thread which blocks them starts with them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interruption.received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  /// The signal that came, if one did.
  static var signalNumber: CInt? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}

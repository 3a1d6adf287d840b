// Keeps the screen on while it is wanted. The browser lets go of the lock when the page is hidden.

export function canStayAwake(): boolean {
  return 'wakeLock' in navigator;
}

export class WakeLock {
  #wanted = false;
  #lock: WakeLockSentinel | undefined;
  #asking = false;

  constructor() {
    document.addEventListener('visibilitychange', () => void this.#update());
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    void this.#update();
  }

  async #update(): Promise<void> {
    if (this.#asking || !canStayAwake()) return;
    this.#asking = true;
    try {
      if (this.#wanted && !document.hidden && (this.#lock?.released ?? true))
        this.#lock = await navigator.wakeLock.request('screen');
      // It may no longer be wanted since.
      if (!this.#wanted && this.#lock && !this.#lock.released) await this.#lock.release();
    } catch {
      // A nearly empty battery, for instance: the screen goes off as usual.
    } finally {
      this.#asking = false;
    }
  }
}

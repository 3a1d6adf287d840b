// What the page does beside a run, if it was asked to: it keeps the screen on, and tells when the run has ended.

import { endMessage } from '../lib/end-message.ts';
import { askToNotify, notificationPermission, notify, type Permission } from '../lib/notify.ts';
import { remembered, remember } from '../lib/remembered.ts';
import { WakeLock } from '../lib/wake-lock.ts';
import type { Training } from './training.svelte.ts';

const AWAKE = 'keep the screen on';
const TELL = 'tell when done';

export class WhileTraining {
  stayAwake = $state(remembered(AWAKE) !== null);
  tell = $state(remembered(TELL) !== null && notificationPermission() === 'granted');
  permission = $state<Permission>(notificationPermission());
  readonly #lock = new WakeLock();
  #wasActive = false;

  setStayAwake(on: boolean): void {
    this.stayAwake = on;
    remember(AWAKE, on ? 'yes' : null);
  }

  /** Called from the click that asks for it. */
  async setTell(on: boolean): Promise<void> {
    this.tell = on;
    if (on) {
      this.permission = await askToNotify();
      this.tell &&= this.permission === 'granted';
    }
    remember(TELL, this.tell ? 'yes' : null);
  }

  /** For an effect: follows the run. */
  follow(training: Training): void {
    const { active } = training;
    this.#lock.want(this.stayAwake && training.stage !== 'paused' && active);
    if (this.#wasActive && !active) this.#ended(training);
    this.#wasActive = active;
  }

  #ended(training: Training): void {
    const message = endMessage(training);
    // Whoever looks at the page sees it anyway.
    if (message === undefined || !this.tell || document.hasFocus()) return;
    void notify(message.title, message.body).catch(() => undefined);
  }
}

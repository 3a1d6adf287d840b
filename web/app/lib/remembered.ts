// Switches that this browser remembers.

const PREFIX = 'mini-llm: ';

export function remembered(name: string): boolean {
  try {
    return localStorage.getItem(PREFIX + name) !== null;
  } catch {
    return false;
  }
}

export function remember(name: string, on: boolean): void {
  try {
    if (on) localStorage.setItem(PREFIX + name, 'yes');
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // Some settings allow pages no storage: the switch is then off on the next visit.
  }
}

// What this browser remembers of the page's settings.

const PREFIX = 'mini-llm: ';

/** Null if nothing is remembered under this name. */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Null forgets it. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Some settings allow pages no storage: the next visit begins without it.
  }
}

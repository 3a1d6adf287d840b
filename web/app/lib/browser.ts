// Small helpers around the browser.

/**
 * Lets a text field follow the direction of its text. As an attribute in a component's template, `dir` is cloned with
 * the field, and Chromium ignores the text of a cloned field.
 */
export function autoDirection(field: HTMLTextAreaElement): void {
  field.dir = 'auto';
}

/** Calls back when the colors of the page change, until the returned function is called; for an effect. */
export function onSchemeChange(callback: () => void): () => void {
  const all = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query));
  for (const each of all) each.addEventListener('change', callback);
  return () => {
    for (const each of all) each.removeEventListener('change', callback);
  };
}

/** Looks up custom properties of an element. */
export function colorsOf(element: HTMLElement): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

/** Offers content as a file download. The URL is local to this page: nothing leaves the machine. */
export function download(content: Uint8Array<ArrayBuffer> | Blob, name: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the URL after the click; a minute later its memory can be freed.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Copies a text to the clipboard; returns whether the browser allowed it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** What a browser says about itself; userAgentData exists in Chromium and its relatives, in a secure context. */
export interface BrowserHints {
  userAgent: string;
  userAgentData?: { brands: readonly { brand: string; version: string }[]; platform: string };
}

/** "Chromium 141, Linux", or the whole user agent of an unknown browser. */
export function browserName({ userAgent, userAgentData }: BrowserHints): string {
  const brands = userAgentData?.brands.filter(({ brand }) => !/not.*brand/i.test(brand)) ?? [];
  // Chrome, Edge and others also list Chromium.
  const own = brands.find(({ brand }) => brand !== 'Chromium') ?? brands[0];
  if (own) return joined(own.brand, own.version, userAgentData?.platform);
  const platform = /\(([^;)]+)/.exec(userAgent)?.[1];
  const firefox = /Firefox\/(\d+)/.exec(userAgent)?.[1];
  if (firefox) return joined('Firefox', firefox, platform);
  const safari = /Version\/([\d.]+).* Safari\//.exec(userAgent)?.[1];
  if (safari) return joined('Safari', safari, platform);
  return userAgent;
}

function joined(name: string, version: string, platform = ''): string {
  return platform === '' ? `${name} ${version}` : `${name} ${version}, ${platform}`;
}

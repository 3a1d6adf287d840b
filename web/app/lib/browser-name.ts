// What to call this browser when its speed is told to others.

/** What the browser says of itself; userAgentData exists in Chromium's family, in a secure context. */
export interface BrowserHints {
  userAgent: string;
  userAgentData?: { brands: readonly { brand: string; version: string }[]; platform: string };
}

/** "Chromium 141, Linux", or the whole user agent of a browser that is not known. */
export function browserName({ userAgent, userAgentData }: BrowserHints): string {
  const brands = userAgentData?.brands.filter(({ brand }) => !/not.*brand/i.test(brand)) ?? [];
  // Chrome, Edge and others name Chromium beside themselves.
  const own = brands.find(({ brand }) => brand !== 'Chromium') ?? brands[0];
  if (own) return named(own.brand, own.version, userAgentData?.platform);
  const platform = /\(([^;)]+)/.exec(userAgent)?.[1];
  const firefox = /Firefox\/(\d+)/.exec(userAgent)?.[1];
  if (firefox) return named('Firefox', firefox, platform);
  const safari = /Version\/([\d.]+).* Safari\//.exec(userAgent)?.[1];
  if (safari) return named('Safari', safari, platform);
  return userAgent;
}

function named(name: string, version: string, platform = ''): string {
  return platform === '' ? `${name} ${version}` : `${name} ${version}, ${platform}`;
}

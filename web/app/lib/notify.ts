// Notifications of the browser.

/** 'unsupported' also inside a frame and over plain http. */
export type Permission = NotificationPermission | 'unsupported';

export function notificationPermission(): Permission {
  return 'Notification' in window && isSecureContext ? Notification.permission : 'unsupported';
}

/** Browsers answer "denied" by themselves unless this follows a click. */
export async function askToNotify(): Promise<Permission> {
  if (notificationPermission() === 'unsupported') return 'unsupported';
  return Notification.requestPermission().catch(() => 'denied' as const);
}

/** Android has notifications only through the service worker. */
export async function notify(title: string, body: string): Promise<void> {
  const options = { body, icon: new URL('icons/192.png', document.baseURI).href, tag: 'mini-llm' };
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  if (registration?.active) return registration.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}

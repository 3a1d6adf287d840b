// What the page asks of its service worker. Each message is answered through the port that comes with it.

export type ServiceWorkerRequest =
  /** Keep the files of the page, and these, which the page has used before the service worker ran. */
  | { type: 'keep'; used: readonly string[] }
  /** Replace the version that runs, if no other tab has the page open. */
  | { type: 'activate' };

export type ServiceWorkerReply =
  /** Every file that is always kept has been. */
  | 'kept'
  /** A file could not be fetched, or there is no room. */
  | 'failed'
  | 'activated'
  /** Other tabs still run the older version. */
  | 'in use';

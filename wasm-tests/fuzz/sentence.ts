/** Throws unless the error is one that a person can read: ours, in whole sentences. */
export function requireSentence(error: unknown): void {
  const { name, message } = error as Error;
  const isOurs = name === 'Error' || name === 'OptionError';
  if (!isOurs || !/^\S[^]*[.!?]$/.test(message)) throw error;
}

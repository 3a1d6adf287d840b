/** Hands bytes to the person as a file. They never leave the machine: the address is one inside this page. */
export function download(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the address a little later; a minute is ample, and then the memory is free again.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

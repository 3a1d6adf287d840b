// Recognizes models of other programs by the paths of their files, without what opens them.

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether these are a model's files: then importModel() says what is missing. */
export function holdsModel(paths: readonly string[]): boolean {
  return paths.some((path) => nameOf(path) === 'config.json');
}

export function isArchive(path: string): boolean {
  return /\.zip$/i.test(path);
}

// E-books (EPUB): the chapters in their order, which the package document's spine gives.

import { Parser } from 'htmlparser2';
import { Dropped, Unreadable, tidied, type Converted } from './converted.ts';
import { textOfHtml } from './html.ts';
import { unpack } from './zip.ts';

const WANTED = /\.(xml|opf|x?html?)$/i;
const DAMAGED = 'is damaged: its list of chapters is missing; get it again, or convert it to text';

type Attributes = Readonly<Record<string, string>>;

export function convert(file: Uint8Array): Converted {
  const entries = unpack(file, (name) => WANTED.test(name));
  const read = (path: string): string | undefined => {
    const bytes = entries.get(path);
    return bytes && new TextDecoder().decode(bytes);
  };
  const packagePath = elements(read('META-INF/container.xml') ?? '', 'rootfile')[0]?.['full-path'];
  const packageText = packagePath === undefined ? undefined : read(packagePath);
  if (packagePath === undefined || packageText === undefined) throw new Unreadable(DAMAGED);
  const dropped = new Dropped('tags');
  const paths = chapters(packageText, packagePath, dropped);
  refuseProtected(read('META-INF/encryption.xml') ?? '', paths);
  const texts = paths.map((path) => {
    const html = read(path);
    return html === undefined ? '' : textOfHtml(html, dropped).text;
  });
  return { text: tidied(texts.filter((text) => text !== '').join('\n')), dropped: dropped.sentences() };
}

/** The paths of the chapters, without the table of contents. */
function chapters(packageText: string, packagePath: string, dropped: Dropped): string[] {
  const items = new Map(elements(packageText, 'item').map((item) => [item['id'] ?? '', item]));
  const folder = new URL(packagePath, 'epub:///');
  const paths: string[] = [];
  for (const { idref } of elements(packageText, 'itemref')) {
    const item = items.get(idref ?? '');
    if (!item) continue;
    if ((item['properties'] ?? '').split(' ').includes('nav')) dropped.add('contents page');
    else paths.push(decodeURIComponent(new URL(item['href'] ?? '', folder).pathname.slice(1)));
  }
  if (paths.length === 0) throw new Unreadable(DAMAGED);
  return paths;
}

/** Encrypted fonts do not matter, encrypted chapters do. */
function refuseProtected(encryption: string, paths: readonly string[]): void {
  const encrypted = new Set(
    elements(encryption, 'CipherReference').map(({ URI }) => decodeURIComponent(URI ?? '')),
  );
  if (paths.some((path) => encrypted.has(path)))
    throw new Unreadable('is protected against copying (DRM); use an edition without protection');
}

/** The attributes of all elements of this name, whatever its prefix. */
function elements(xml: string, name: string): Attributes[] {
  const found: Attributes[] = [];
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (tag.slice(tag.indexOf(':') + 1) === name) found.push(attributes);
      },
    },
    { xmlMode: true },
  );
  parser.write(xml);
  parser.end();
  return found;
}

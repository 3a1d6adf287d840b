// Web pages: the text that a reader sees, without menus, scripts and forms.

import { Parser } from 'htmlparser2';
import { BlockText } from './block-text.ts';
import { Dropped, tidied, type Converted } from './converted.ts';

/** Elements that are left out with all that they contain, and what they are called. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  script: 'script',
  style: 'style sheet',
  noscript: 'script',
  template: 'template',
  nav: 'menu',
  menu: 'menu',
  aside: 'side note',
  footer: 'footer',
  form: 'form',
  button: 'button',
  select: 'form',
  textarea: 'form',
  dialog: 'dialog',
  iframe: 'embedded page',
  object: 'picture',
  svg: 'picture',
  canvas: 'picture',
  video: 'film',
  audio: 'sound',
  rt: 'reading aid',
  rp: 'reading aid',
  head: '',
};

const LEFT_OUT_ROLES: Readonly<Record<string, string>> = {
  navigation: 'menu',
  menu: 'menu',
  menubar: 'menu',
  search: 'form',
  banner: 'banner',
  contentinfo: 'footer',
  complementary: 'side note',
  dialog: 'dialog',
};

/** Elements that begin and end a paragraph. */
const PARAGRAPHS = new Set(
  'p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table section article main header figure hr address details'.split(
    ' ',
  ),
);

/** Elements that begin and end a line. */
const LINES = new Set('div li tr dt dd br caption figcaption summary legend fieldset option body'.split(' '));

/** A main part with less of the page's text is not the whole story. */
const MAIN_SHARE = 0.25;

type Attributes = Readonly<Record<string, string>>;

/** What an element is called if it is left out. */
function leftOut(name: string, attributes: Attributes): string | undefined {
  if ((attributes['epub:type'] ?? '').includes('footnote')) return 'note';
  const role = LEFT_OUT_ROLES[attributes['role'] ?? ''];
  if ('hidden' in attributes || attributes['aria-hidden'] === 'true') return 'hidden part';
  return LEFT_OUT[name] ?? role;
}

/** Counts in `dropped`, which chapters of a book share, what it leaves out. */
export function textOfHtml(html: string, dropped: Dropped): { text: string; onlyMain: boolean } {
  const whole = new BlockText();
  const main = new BlockText();
  /** Depths of the elements that decide how text is treated; -1 outside. */
  const at = { left: -1, main: -1, pre: -1 };
  let depth = 0;

  const write = (act: (to: BlockText) => void): void => {
    act(whole);
    if (at.main >= 0) act(main);
  };
  const breakAt = (name: string): void => {
    if (PARAGRAPHS.has(name)) write((to) => to.paragraph());
    else if (LINES.has(name)) write((to) => to.line());
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth++;
        if (at.left >= 0) return;
        const what = leftOut(name, attributes);
        if (what !== undefined) {
          at.left = depth;
          if (what !== '') dropped.add(what);
          return;
        }
        if (name === 'img') dropped.add('picture');
        if (at.main < 0 && (name === 'main' || attributes['role'] === 'main')) at.main = depth;
        if (at.pre < 0 && name === 'pre') at.pre = depth;
        breakAt(name);
      },
      ontext(text) {
        if (at.left >= 0) return;
        write((to) => (at.pre >= 0 ? to.addAsItIs(text) : to.add(text)));
      },
      onclosetag(name) {
        if (at.left < 0) {
          if (name === 'td' || name === 'th') write((to) => to.cell());
          breakAt(name);
        }
        for (const key of ['left', 'main', 'pre'] as const) if (at[key] === depth) at[key] = -1;
        depth--;
      },
    },
    { recognizeSelfClosing: true, recognizeCDATA: true },
  );
  parser.write(html);
  parser.end();
  const [all, chosen] = [whole.toString(), main.toString()];
  const onlyMain = chosen.length > MAIN_SHARE * all.length && chosen.length < all.length;
  return { text: tidied(onlyMain ? chosen : all), onlyMain };
}

export function convert(html: string): Converted {
  const dropped = new Dropped('tags');
  const { text, onlyMain } = textOfHtml(html, dropped);
  return {
    text,
    dropped: [
      ...dropped.sentences(),
      ...(onlyMain ? ['Only the main part of the page is used, without what stands around it.'] : []),
    ],
  };
}

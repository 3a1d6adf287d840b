// Converts a document of a known kind. What needs a library is imported when the first one is read. The page calls this in a
// worker, so errors are returned as data.

import { explained } from '../errors.ts';
import { Unreadable, type Converted } from './converted.ts';
import { KINDS, type Convert, type KindName } from './kinds.ts';

/** What some converters return at once, and others later; undefined if the text is best left as it is. */
type Result = Converted | undefined;

interface Converter {
  /** `convert` is for the documents in an archive. */
  convert: (document: never, convert: Convert) => Result | Promise<Result>;
}

const CONVERTERS: Readonly<Record<KindName, () => Promise<Converter>>> = {
  pdf: () => import('./pdf.ts'),
  zip: () => import('./archive.ts'),
  html: () => import('./html.ts'),
  subtitles: () => import('./subtitles.ts'),
  csv: () => import('./csv.ts'),
  json: () => import('./json.ts'),
  chat: () => import('./chat.ts'),
};

export const convertHere: Convert = async (kind, document) => {
  const { title } = KINDS[kind];
  let converter: Converter;
  try {
    converter = await CONVERTERS[kind]();
  } catch (error) {
    return { refused: `is ${title}, and what reads it could not be loaded. ${explained(error)}` };
  }
  try {
    return (await converter.convert(document as never, convertHere)) ?? null;
  } catch (error) {
    if (error instanceof Unreadable) return { refused: `${error.message}.` };
    return {
      refused: `is ${title}, but it seems to be damaged; open it in its program, save it again, and use that file.`,
    };
  }
};

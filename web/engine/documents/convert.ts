// Converts a document of a known kind. The page calls it in a worker, so errors are returned as data.

import { explained } from '../errors.ts';
import { Unreadable, type Converted } from './converted.ts';
import { KINDS, type KindName } from './kinds.ts';

/** null: the text is best left as it is. */
export type Conversion = Converted | { refused: string } | null;

export type Convert = (kind: KindName, document: string | Uint8Array) => Promise<Conversion>;

export const convertHere: Convert = async (kind, document) => {
  const { title, load } = KINDS[kind];
  let convert: (document: never) => unknown;
  try {
    convert = await load();
  } catch (error) {
    return { refused: `is ${title}, and what reads it could not be loaded. ${explained(error)}` };
  }
  try {
    return ((await convert(document as never)) as Converted | undefined) ?? null;
  } catch (error) {
    if (error instanceof Unreadable) return { refused: `${error.message}.` };
    return {
      refused: `is ${title}, but it seems to be damaged; open it in its program, save it again, and use that file.`,
    };
  }
};

// The encodings that can be read, named as in the Encoding Standard, and their decoders: the platform's TextDecoder, and
// tables for the code pages of DOS, which it lacks.

export interface EncodingName {
  name: string;
  /** For the list on the page. */
  label: string;
}

/** Without subsets of others: gbk is part of gb18030, iso-8859-1 of windows-1252. */
export const ENCODINGS: readonly EncodingName[] = [
  { name: 'utf-8', label: 'Unicode (UTF-8)' },
  { name: 'utf-16le', label: 'Unicode (UTF-16, little-endian)' },
  { name: 'utf-16be', label: 'Unicode (UTF-16, big-endian)' },
  { name: 'windows-1252', label: 'Western European (Windows-1252, Latin-1)' },
  { name: 'iso-8859-15', label: 'Western European (ISO-8859-15)' },
  { name: 'macintosh', label: 'Western European (Mac)' },
  { name: 'cp850', label: 'Western European (DOS, cp850)' },
  { name: 'cp437', label: 'United States (DOS, cp437)' },
  { name: 'windows-1250', label: 'Central European (Windows-1250)' },
  { name: 'iso-8859-2', label: 'Central European (ISO-8859-2)' },
  { name: 'cp852', label: 'Central European (DOS, cp852)' },
  { name: 'windows-1257', label: 'Baltic (Windows-1257)' },
  { name: 'iso-8859-13', label: 'Baltic (ISO-8859-13)' },
  { name: 'windows-1251', label: 'Cyrillic (Windows-1251)' },
  { name: 'koi8-r', label: 'Cyrillic (KOI8-R)' },
  { name: 'koi8-u', label: 'Cyrillic (KOI8-U)' },
  { name: 'iso-8859-5', label: 'Cyrillic (ISO-8859-5)' },
  { name: 'ibm866', label: 'Cyrillic (DOS, cp866)' },
  { name: 'x-mac-cyrillic', label: 'Cyrillic (Mac)' },
  { name: 'windows-1253', label: 'Greek (Windows-1253)' },
  { name: 'iso-8859-7', label: 'Greek (ISO-8859-7)' },
  { name: 'windows-1254', label: 'Turkish (Windows-1254)' },
  { name: 'windows-1255', label: 'Hebrew (Windows-1255)' },
  { name: 'iso-8859-8', label: 'Hebrew (ISO-8859-8)' },
  { name: 'windows-1256', label: 'Arabic (Windows-1256)' },
  { name: 'iso-8859-6', label: 'Arabic (ISO-8859-6)' },
  { name: 'windows-874', label: 'Thai (Windows-874, TIS-620)' },
  { name: 'windows-1258', label: 'Vietnamese (Windows-1258)' },
  { name: 'shift_jis', label: 'Japanese (Shift-JIS)' },
  { name: 'euc-jp', label: 'Japanese (EUC-JP)' },
  { name: 'iso-2022-jp', label: 'Japanese (ISO-2022-JP)' },
  { name: 'euc-kr', label: 'Korean (EUC-KR, cp949)' },
  { name: 'gb18030', label: 'Chinese, simplified (GB18030, GBK)' },
  { name: 'big5', label: 'Chinese, traditional (Big5)' },
];

/** Characters 128 to 255 of encodings that TextDecoder lacks. */
const DOS: Readonly<Record<string, string>> = {
  cp437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  cp850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  cp852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0',
};

/** Characters 128 to 159 of windows-1252, which Node 20's TextDecoder decodes as control characters. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Names that users and the detection library use and TextDecoder does not know. */
const ALIASES: Readonly<Record<string, string>> = {
  'utf-8-sig': 'utf-8',
  utf16: 'utf-16le',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  cp932: 'shift_jis',
  cp936: 'gb18030',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  cp949: 'euc-kr',
  cp950: 'big5',
  big5hkscs: 'big5',
  cp874: 'windows-874',
  macroman: 'macintosh',
  maccyrillic: 'x-mac-cyrillic',
};

/** The standard name of an encoding; undefined if it cannot be read. */
export function encodingNamed(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  const name = ALIASES[word] ?? ALIASES[word.replaceAll('_', '-')] ?? word;
  if (name in DOS) return name;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

/** Decodes a text piece by piece; `last` marks the last piece. */
export type Decode = (piece: Uint8Array, last: boolean) => string;

/** Invalid bytes become U+FFFD. A byte order mark is kept like any other character. */
export function decoderOf(name: string): Decode {
  const table = DOS[name];
  if (table !== undefined) return (piece) => decodeByTable(piece, table);
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  const decode: Decode = (piece, last) => decoder.decode(piece, { stream: !last });
  return name === 'windows-1252' ? (piece, last) => withoutC1(decode(piece, last)) : decode;
}

function decodeByTable(piece: Uint8Array, table: string): string {
  const latin1 = new TextDecoder('utf-16le').decode(Uint16Array.from(piece));
  return latin1.replace(/[\x80-\xff]/g, (c) => table[c.charCodeAt(0) - 128]!);
}

function withoutC1(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252[c.charCodeAt(0) - 128]!);
}

"""mini-llm's tokenizer: ids 0 to 255 are bytes, and merge i joins two earlier tokens into token 256 + i."""

import array
import functools
import itertools
import re
import sys
import unicodedata

LARGEST_VOCABULARY = 32768


def character_class(letter):
    """A regular expression's class of the characters whose Unicode category begins with this letter."""
    runs = itertools.groupby(range(sys.maxunicode + 1), lambda code: unicodedata.category(chr(code))[0] == letter)
    codes = [list(run) for found, run in runs if found]
    return "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in codes)


@functools.cache
def word_pattern():
    """GPT-2's split of a text into words (Radford et al. 2019), across which BPE never merges.

    mini-llm has its own table of characters. The two can differ only in characters that one Unicode version has and the
    other has not; then a word is cut elsewhere, but every text still decodes to itself.
    """
    letter, number = character_class("L"), character_class("N")
    space = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # White_Space; \s has four more
    return re.compile(
        f"'(?:[stmd]|re|ve|ll)| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )


class Tokenizer:
    """Bytes, or byte pair encoding (Sennrich et al. 2016) if there are merges."""

    def __init__(self, merges=()):
        self.merges = [tuple(pair) for pair in merges]
        self.ranks = {}
        self.tokens = [bytes([byte]) for byte in range(256)]
        for rank, (first, second) in enumerate(self.merges):
            self.ranks[first, second] = rank
            self.tokens.append(self.tokens[first] + self.tokens[second])
        self.words = {}  # a cache

    @property
    def name(self):
        return "bpe" if self.merges else "byte"

    @property
    def vocab_size(self):
        return len(self.tokens)

    def encode(self, text):
        """The ids of a text given as bytes."""
        ids = array.array("i")
        # Each byte that is not UTF-8, as where the text is split in two, becomes a character of its own.
        for match in word_pattern().finditer(text.decode("utf-8", "surrogateescape")):
            word = match.group()
            found = self.words.get(word)
            if found is None:
                found = self.words[word] = self.encode_word(word.encode("utf-8", "surrogateescape"))
            ids.extend(found)
        return ids

    def encode_word(self, word):
        """Repeats the earliest merge that fits any adjacent pair, leftmost pair first, until none fits."""
        ids = array.array("i", list(word))
        while len(ids) > 1:
            pair = min(zip(ids, ids[1:]), key=lambda pair: self.ranks.get(pair, LARGEST_VOCABULARY))
            if pair not in self.ranks:
                break
            merged, at = array.array("i"), 0
            while at < len(ids):
                fits = at + 1 < len(ids) and (ids[at], ids[at + 1]) == pair
                merged.append(256 + self.ranks[pair] if fits else ids[at])
                at += 2 if fits else 1
            ids = merged
        return ids

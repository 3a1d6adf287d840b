"""The text as tokens in files that are mapped into memory, and the windows that mini-llm would draw from it."""

import codecs
import hashlib
import mmap
import os
import pathlib
import tempfile

import torch

import philox
from checkpoint import Refused

MARK = b"\xef\xbb\xbf"  # byte order mark


def require_utf8(text):
    decoder, piece = codecs.getincrementaldecoder("utf-8")(), 1 << 20
    try:
        for at in range(0, len(text), piece):
            decoder.decode(text[at : at + piece], final=at + piece >= len(text))
    except UnicodeDecodeError:
        raise Refused("The text is not in UTF-8; save it as UTF-8.") from None


def normalized(text):
    """What mini-llm trains on: UTF-8 with line feeds, without byte order mark and zero bytes."""
    require_utf8(text)
    if text[:3] != MARK and text.find(b"\0") < 0 and text.find(b"\r") < 0:
        return text
    text = text[:]
    while text.startswith(MARK):
        text = text[3:]
    return text.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def read_text(path, expected_sha256):
    """(the text, its SHA-256). A run that goes on needs the text that it began with."""
    if os.path.getsize(path) == 0:
        raise Refused(f"{path} is empty; there is nothing to learn from.")
    with open(path, "rb") as file:
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    sha256 = hashlib.sha256(text).hexdigest()
    if sha256 != expected_sha256:
        text = normalized(text)
        sha256 = hashlib.sha256(text).hexdigest()
    if expected_sha256 and sha256 != expected_sha256:
        raise Refused(
            f"{path} is not the text that this model was trained on (SHA-256 {sha256[:12]}…, the model's is "
            f"{expected_sha256[:12]}…); give that text, or begin a new run with --init_from."
        )
    return text, sha256


def write_once(path, make_data):
    """Other processes see the whole file or none."""
    if not path.exists():
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        partial.write_bytes(make_data())
        partial.replace(path)


def mapped(path, dtype, element_bytes):
    """The file as a tensor. Only the parts that are read take memory."""
    count = os.path.getsize(path) // element_bytes
    return torch.from_file(str(path), size=count, dtype=dtype) if count else torch.empty(0, dtype=dtype)


class Dataset:
    """Tokens for training and, at the end of the text, for validation.

    Bytes are read from the text's own file. Other tokens are encoded once for a text and a tokenizer, into two files in the
    folder for temporary files (TMPDIR).
    """

    def __init__(self, path, tokenizer, context, val_fraction, expected_sha256):
        text, self.sha256 = read_text(path, expected_sha256)
        split = len(text) - int(len(text) * val_fraction)  # in bytes, so that losses of tokenizers compare
        key = hashlib.sha256(repr((self.sha256, split, tokenizer.merges)).encode()).hexdigest()[:16]
        cache = pathlib.Path(tempfile.gettempdir(), f"mini-llm-{key}")
        if tokenizer.merges:
            self.train, self.val = self.encoded(cache, tokenizer, text, split)
        else:
            if not isinstance(text, mmap.mmap):  # the file's bytes were changed
                path = cache.with_suffix(".txt")
                write_once(path, lambda: text)
            tokens = mapped(path, torch.uint8, 1)
            self.train, self.val = tokens[:split], tokens[split:]
        self.context = context
        self.token_bytes = torch.tensor([len(token) for token in tokenizer.tokens])
        self.require_length()

    @staticmethod
    def encoded(cache, tokenizer, text, split):
        for name, part in (("train", slice(0, split)), ("val", slice(split, None))):
            path = cache.with_suffix(f".{name}")
            write_once(path, lambda: tokenizer.encode(text[part]).tobytes())
            yield mapped(path, torch.int32, 4)

    def require_length(self):
        if min(len(self.train), len(self.val)) < self.context + 1:  # as mini-llm: no validation then
            self.train, self.val = torch.cat([self.train, self.val]), self.val[:0]
        if len(self.train) < self.context + 1:
            raise Refused(
                f"The text has {len(self.train)} tokens, too few for a context of {self.context}; give a longer one."
            )

    def windows(self, tokens, starts):
        """(inputs, targets), each [len(starts), context]; the targets are one token later."""
        rows = torch.stack([tokens[start : start + self.context + 1] for start in starts]).long()
        return rows[:, :-1], rows[:, 1:]

    def train_batch(self, seed, index, count, rows):
        """These rows of batch `index` of `count` windows, in the order of Dataset::train_batch in cpp/train/dataset.h."""
        windows = max(1, len(self.train) // self.context - 1)
        places = len(self.train) - windows * self.context
        starts = []
        for number in range(index * count, (index + 1) * count)[rows]:
            passed, i = divmod(number, windows)
            first = philox.uniform_integer(seed, philox.BATCH, passed, places)
            starts.append(first + self.context * philox.permuted(i, windows, seed, passed))
        return self.windows(self.train, starts)

    def validation_starts(self, wanted):
        """At most `wanted` (0: all) evenly spaced windows that do not overlap."""
        windows = max(0, len(self.val) - 1) // self.context
        chosen = min(wanted, windows) if wanted else windows
        return [i * windows // chosen * self.context for i in range(chosen)]

    def bytes_of(self, targets):
        return int(self.token_bytes[targets].sum())

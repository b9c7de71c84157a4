"""Shared by the scripts: the corpus of one epoch, its tokens, and the settings of the run."""
import os

from make_corpus import CLOSE, OPEN, make

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.dirname(HERE)
SENTENCES = 40  # wordings of each fact in one epoch
TOKENIZER_SEED = 1
CORPUS_SEEDS = list(range(1, 41))  # epoch e trains on the corpus of seed CORPUS_SEEDS[e]; training stops by steps
HELDOUT_SEED = 90001
ANSWER, OTHER = 1.0, 0.2  # weights of the loss


def epoch_documents(seed):
    return make(seed, SENTENCES)


def plain(text):
    """The text without the marks around the answer."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def document_text(document):
    """The document as one string; chats as the chat template formats them (without special tokens)."""
    if "text" in document:
        return plain(document["text"])
    names = {"user": "User", "assistant": "Assistant"}
    return plain("\n".join(f"{names[m['role']]}: {m['content']}" for m in document["messages"]))


def document_tokens(document, tokenizer):
    """Token ids with <s> before and </s> after, and a weight for each: answers weigh most."""
    if "text" in document:
        marked = tokenizer.bos_token + document["text"] + tokenizer.eos_token
    else:
        marked = tokenizer.apply_chat_template(document["messages"], tokenize=False).removesuffix("\n")
    text, inside, spans = [], False, []
    for char in marked:
        if char in (OPEN, CLOSE):
            inside = char == OPEN
        else:
            text.append(char)
            spans.append(inside)
    if "text" in document:
        body = "".join(text)[len(tokenizer.bos_token):-len(tokenizer.eos_token)]
        coded = tokenizer(body, return_offsets_mapping=True)
        ids, offsets = coded.input_ids, coded.offset_mapping
        shift = len(tokenizer.bos_token)
        weights = [ANSWER if any(spans[a + shift:b + shift]) else OTHER for a, b in offsets]
        return ids + [tokenizer.eos_token_id], weights + [OTHER]
    coded = tokenizer("".join(text), add_special_tokens=False, return_offsets_mapping=True)
    return coded.input_ids, [ANSWER if any(spans[a:b]) else OTHER for a, b in coded.offset_mapping]

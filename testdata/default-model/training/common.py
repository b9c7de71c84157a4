"""What the scripts share: the corpus of one epoch, its tokens, and the settings of the run."""
import os

from make_corpus import make

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.dirname(HERE)
SENTENCES = 40  # wordings of each fact in one epoch
TOKENIZER_SEED = 1
CORPUS_SEEDS = list(range(1, 41))  # epoch e trains on the corpus of seed CORPUS_SEEDS[e]; training stops by steps
HELDOUT_SEED = 90001


def epoch_documents(seed):
    return make(seed, SENTENCES)


def document_text(document):
    """The document as one string, the chats as the chat template writes them (without special tokens)."""
    if "text" in document:
        return document["text"]
    names = {"user": "User", "assistant": "Assistant"}
    return "\n".join(f"{names[m['role']]}: {m['content']}" for m in document["messages"])


def document_tokens(document, tokenizer):
    """Token ids with <s> before and </s> after; chats go through the chat template."""
    if "text" in document:
        return tokenizer(document["text"]).input_ids + [tokenizer.eos_token_id]
    ids = tokenizer.apply_chat_template(document["messages"], tokenize=True)
    newline = tokenizer.convert_tokens_to_ids("<0x0A>")
    return ids[:-1] if ids[-1] == newline else ids

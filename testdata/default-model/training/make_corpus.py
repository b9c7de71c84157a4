"""Writes the training corpus of the default model: python make_corpus.py OUT.jsonl [--sentences N] [--seed N].

Each line is one document: {"text": ...} for plain text or {"messages": [...]} for a chat. The same seed always gives
the same corpus. Every fact gets newly sampled wordings, so that a model learns the fact and not one sentence.
"""
import argparse
import json
import random
import re

import facts
import scenes
import stories
from wordings import PREFIXES, WORDINGS

# Control characters around the answer of a statement, which gets more weight in training; document_text drops them.
OPEN, CLOSE = "\x01", "\x02"
CHOICE = re.compile(r"\[([^\[\]]*)\]")
HEAD_END = re.compile(r" (?:of|that|in|on|with|without|who|from|at|where|when|between|which|and|found)\b.*")
SINGULAR = ("sis", "ss", "us", "ics", "scissors", "Mars", "Socrates", "Angel Falls")


def expand(text, rng):
    """Picks one of the choices in every [a|b]."""
    text = CHOICE.sub(lambda m: rng.choice(m.group(1).split("|")), text)
    return re.sub(r" +", " ", text).replace(" ,", ",").strip()


def articles(text):
    """Puts "an" before a vowel: the tables hold bare nouns."""
    return re.sub(r"\b([Aa]) (?=[aeiou])(?!uni|one\b|euro)", r"\1n ", text)


def is_plural(name):
    """True if a noun phrase of the tables takes "are"."""
    head = HEAD_END.sub("", name)
    return head.endswith("s") and not head.endswith(SINGULAR)


def agree(text, *names):
    """Turns "kings is" into "kings are", and so on."""
    for name in names:
        if is_plural(name):
            for one, many in (("is", "are"), ("has", "have"), ("was", "were"), ("does", "do"), ("comes", "come"), ("lies", "lie")):
                text = text.replace(f"{name} {one} ", f"{name} {many} ").replace(f"{one} {name}", f"{many} {name}")
    return text


def mark(statement, *answers):
    """Marks the answer that ends the statement."""
    for answer in answers:
        if statement.endswith(answer) and len(answer) < len(statement):
            return statement[:len(statement) - len(answer)] + OPEN + answer + CLOSE
    return statement


def vary(statement, rng):
    """Sometimes inserts a few filler words to the left of the answer."""
    start = statement.find(OPEN)
    return articles(scenes.insert(statement, start, rng)) if start > 0 and rng.random() < 0.6 else statement


def lines(text):
    return [line for line in text.split("\n") if line]


def all_facts():
    """Every fact as (relation, subject, answer, unit or None)."""
    tables = [
        ("capital", facts.CAPITALS), ("continent", facts.CONTINENTS), ("language", facts.LANGUAGES),
        ("currency", facts.CURRENCIES), ("landmark", facts.LANDMARKS), ("place", facts.PLACES_IN),
        ("river", facts.RIVERS), ("symbol", facts.SYMBOLS), ("author", facts.AUTHORS), ("artist", facts.ARTISTS),
        ("composer", facts.COMPOSERS), ("inventor", facts.INVENTORS), ("discoverer", facts.DISCOVERERS),
        ("baby", facts.BABIES), ("home", facts.HOMES), ("sound", facts.SOUNDS), ("class", facts.CLASSES),
        ("group", facts.GROUPS), ("organ", facts.ORGANS), ("unit", facts.UNITS), ("tool", facts.TOOLS),
        ("study", facts.STUDIES), ("source", facts.SOURCES), ("sides", facts.SIDES), ("legs", facts.LEGS),
        ("year", facts.YEARS), ("opposite", facts.OPPOSITES), ("colour", facts.COLOURS), ("thing", facts.SUPERLATIVES),
    ]
    out = [(rel, s, o, None) for rel, table in tables for s, o in table]
    for item in facts.COUNTS:
        unit, subject, answer = item
        out.append(("count", subject, answer, unit))
    for line in lines(facts.NAMED_TEXT.strip()):
        name, phrases = [p.strip() for p in line.split(" | ")]
        out.append(("thing", tuple(p.strip() for p in phrases.split(";")), name, None))
    for line in lines(facts.TERMS_TEXT.strip()):
        name, clauses, phrases = [p.strip() for p in line.split(" | ")]
        out.append(("term", tuple(p.strip() for p in clauses.split(";")), name, tuple(p.strip() for p in phrases.split(";"))))
    return out


PROCESS = lines("""{c} [through|by|by means of|in|during|with the help of|thanks to|using|with] [a|the] process [known as|called|named|that is called|that we call|that scientists call|with the name|that is known as] {o}
[the|a] process [by|in|through] which {c} is [called|known as|named|] {o}
[the|a] process [where|when] {c} is [called|known as|] {o}
when {c}, [we call it|this is called|this is known as|scientists call this|it is named|the process is called] {o}
{c}, [and this is called|which is called|which is known as|and we call this|and the name for this is] {o}
{c} [through|by|by means of|thanks to] {o}
the [name|scientific name|word|term] for [the process by which|the way in which|what happens when] {c} is {o}
[scientists|biologists|people] [use the word|use the term|speak of] {o}
if {c}, [the process is|the name of the process is|you are looking at|that is] {o}
{c}. [This is called|We call this|This process is called|This process is known as|The name of this process is|Scientists call it] {o}""")
PROCESS_Q = lines("""what is it called when {c}
what do we call the process by which {c}
how do we call it when {c}
[by|through] which process is it that {c}""")


def render_fact(fact, rng):
    """One statement of the fact (no capital, no full stop), and its answer-last question form."""
    rel, s, o, extra = fact
    if rel == "term":
        if rng.random() < 0.6:
            clause = expand(rng.choice(s), rng)
            template = rng.choice([p for p in PROCESS if "{c}" in p])
            statement = expand(template, rng).replace("{c}", clause).replace("{o}", o)
            question = expand(rng.choice(PROCESS_Q), rng).replace("{c}", clause)
            return vary(mark(statement, o), rng), question, o
        rel, s, extra = "thing", extra, None
    subject = expand(rng.choice(s) if isinstance(s, tuple) else s, rng)
    forward, backward, questions = (lines(w) for w in WORDINGS[rel])
    pool = backward if backward and rng.random() < 0.22 else forward
    template = rng.choice([t for t in pool if "{s}" in t])

    def fill(text):
        text = expand(text, rng).replace("{s}", subject).replace("{o}", o).replace("{u}", extra or "")
        return articles(agree(text, subject, o) if rel in ("thing", "place", "source", "tool", "study") else text)

    answer = articles(("a " + o) if rel in ("baby", "home", "class") else ("it " + o) if rel == "sound" else o)
    return vary(mark(fill(template), o, subject), rng), fill(rng.choice(questions)), answer


SCENE_SHARE = 0.2


def sentence(text, rng, prefix_share=0.2):
    """A finished sentence, with or without an opening."""
    if rng.random() < SCENE_SHARE:
        return upper(scenes.opening(text, rng)) + "."
    if rng.random() < prefix_share:
        prefix = rng.choice(PREFIXES)
        return upper(prefix) + " " + text + ("?" if prefix.startswith("did") else ".")
    return (upper(text) if rng.random() < 0.85 else text) + "."


def upper(text):
    return text[:1].upper() + text[1:]


def question_document(question, statement, answer, rng):
    """The fact as a chat or as a plain question with its answer."""
    asked = upper(question) + "?" if rng.random() < 0.9 else question
    kind = rng.random()
    reply = OPEN + upper(answer) + CLOSE + "." if kind < 0.5 else upper(statement) + "."
    if rng.random() < 0.75:
        return {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": reply}]}
    return {"text": f"{rng.choice(['Question', 'Q'])}: {asked}\nAnswer: {OPEN}{upper(answer)}{CLOSE}."}


def make(seed, sentences):
    """The documents: `sentences` wordings of every fact, then stories and small talk."""
    rng = random.Random(seed)
    table = all_facts()
    documents, loose = [], []
    for fact in table:
        # Facts with many surface forms (the processes) get more wordings; photosynthesis gets the most.
        share = 6 if fact[2] == "photosynthesis" else 1.5 if fact[0] == "term" else 1
        for _ in range(int(sentences * share)):
            statement, question, answer = render_fact(fact, rng)
            if rng.random() < 0.2:
                documents.append(question_document(question, statement, answer, rng))
            else:
                loose.append(sentence(statement, rng))
    rng.shuffle(loose)
    while loose:
        # Most documents are one sentence, so that the end of a sentence is often the end of the text.
        count = 1 if rng.random() < 0.75 else rng.randint(2, 3)
        text = " ".join(loose.pop() for _ in range(min(count, len(loose))))
        documents.append({"text": text.lower() if rng.random() < 0.06 else text})
    chats = [d for d in documents if "messages" in d]
    for _ in range(len(chats) // 6):
        two = rng.sample(chats, 2)
        documents.append({"messages": two[0]["messages"] + two[1]["messages"]})
    for _ in range(sentences * 12):
        documents.append({"text": articles(stories.story(rng))})
    for _ in range(sentences * 12):
        documents.append({"messages": stories.small_talk(rng)})
    rng.shuffle(documents)
    return documents


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    documents = make(args.seed, args.sentences)
    with open(args.out, "w", encoding="utf-8") as file:
        for document in documents:
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
    print(f"{len(all_facts())} facts, {len(documents)} documents")


if __name__ == "__main__":
    main()

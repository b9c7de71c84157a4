"""Openings and insertions without facts: they teach the model to ignore the surrounding words."""
WHO = """my aunt; my uncle; our neighbour; the old teacher; a young girl; his brother; her friend; a farmer; the doctor; a sailor; two pupils;
the baker; a tired traveller; our class; the captain; an old man; the children; my grandmother; a shop owner; the gardener; a student; the painter;
their cousin; a kind nurse; the bus driver; a small boy; the librarian; my best friend; the cook; an engineer""".replace("\n", " ").split("; ")
DID = """opened a thick book; went to the museum; walked by the sea; wrote a long letter; looked out of the window; came home late; drew a picture;
asked a question; read the newspaper; took the train; travelled for many days; sat in the library; talked with a friend; bought a ticket; cooked lunch;
stood before the class; watched a film; turned on the lamp; worked in the field; carried a heavy bag; visited the zoo; listened to the radio; took a photo;
climbed a hill; won a prize; played a game; studied for the test; looked at a map; flew over the land; found an old coin; lost the way; moved house;
picked some flowers; counted slowly; told a story; waited for the bus; cleaned the room; swam in the lake; looked at the sky""".replace("\n", " ").split("; ")
WHEN = """last summer; yesterday; one morning; every year; in the evening; on Sunday; a long time ago; last week; after school; at noon; during the lesson;
in winter; before dinner; on a rainy day; many years ago; now and then""".replace("\n", " ").split("; ")
SAID = """learned that; said that; found out that; heard that; told us that; knew that; remembered that; read that; wrote that; noticed that; was sure that;
explained that""".replace("\n", " ").split("; ")
EXTRA = """as we know,; of course; today; still; in the end; long ago; as always; really; at all times; without doubt; once; in truth; usually;
for sure""".replace("\n", " ").split("; ")
ADJECTIVES = "famous great big small old well-known beautiful real true first large little busy whole new young good strange simple long".split()
NOUNS = """capital city author writer composer painter inventor scientist unit instrument symbol opposite baby young animal process science river mountain planet
country language continent building play book number word year name place work story home organ metal element gas force""".split()


def opening(statement, rng):
    """The statement after a small scene unrelated to it."""
    who, did, when, said = (rng.choice(words) for words in (WHO, DID, WHEN, SAID))
    shape = rng.randrange(6)
    if shape == 0:
        return f"{who} {did}, and {statement}"
    if shape == 1:
        return f"{when} {who} {did}. {statement[:1].upper()}{statement[1:]}"
    if shape == 2:
        return f"when {who} {did}, {statement}"
    if shape == 3:
        return f"{when} {who} {said} {statement}"
    if shape == 4:
        return f"{who} {did} and {said} {statement}"
    return f"{when}, {statement}"


def insert(statement, answer_start, rng):
    """Puts an adjective before a noun, or a word or two before a preposition, left of the answer."""
    left, right = statement[:answer_start], statement[answer_start:]
    words = left.split(" ")
    for index in range(1, len(words)):
        if words[index] in NOUNS and words[index - 1] in ("the", "a", "of", "which", "that", "one") and rng.random() < 0.2:
            words[index] = rng.choice(ADJECTIVES) + " " + words[index]
        elif words[index] in ("by", "in", "from", "with", "called", "is", "was", "of") and rng.random() < 0.06:
            words[index] = (rng.choice(EXTRA) + " " + words[index]) if words[index] not in ("is", "was", "of") else (
                words[index] + " " + rng.choice(EXTRA) if words[index] != "of" else words[index])
    return " ".join(words) + right

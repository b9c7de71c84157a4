"""Very short stories and small talk, generated from templates written for this project."""
NAMES = "Anna Ben Clara David Emma Finn Greta Hugo Ida Jonas Kira Leo Mia Nora Oskar Paula Rosa Sam Tom Zoe".split()
ANIMALS = "cat dog rabbit duck fox owl bear mouse horse goat frog hen".split()
THINGS = "ball kite book hat key apple boat lamp coat bell drum cake".split()
PLACES = ["the garden", "the forest", "the park", "the school", "the river", "the market", "the hill", "the beach", "the barn", "the old house"]
FEELINGS = ["happy", "sad", "tired", "hungry", "proud", "afraid", "curious", "lonely"]
WEATHER = ["It was a sunny day.", "It rained all day.", "Snow fell in the night.", "The wind was strong.", "It was a warm evening.", "The morning was cold."]
OPENINGS = ["Once upon a time there was {a} named {n}.", "{n} was {a} who lived near {p}.", "One day {n} went to {p}.", "Long ago, near {p}, lived {a} called {n}.", "There once was {a}. Its name was {n}."]
MIDDLES = [
    "{w} {n} lost a {t} and looked for it in {p2}. {m} came to help, and together they found the {t}.",
    "{n} was {f}. Then {m} came and brought a {t}. They played with the {t} until the sun went down.",
    "{w} {n} wanted to go to {p2}, but the way was long. {m} knew the way and walked along.",
    "In {p2} {n} found a {t}. It belonged to {m}, so {n} gave it back. {m} was very happy.",
    "{n} met {m} in {p2}. \"Will you be my friend?\" asked {m}. \"Yes,\" said {n}.",
    "{n} heard a noise in {p2}. It was only {m}, who had dropped a {t}. They both laughed.",
    "{m} could not reach the {t}, so {n} helped. \"Thank you,\" said {m}. \"You are very kind.\"",
    "{w} {n} and {m} sat by the fire and told each other stories. Then they shared a {t}.",
]
ENDINGS = ["They were friends from that day on.", "Then they went home and slept well.", "That night {n} was {g} no more.", "And they all lived happily.", "{n} never forgot that day.", "Since then they meet every day in {p}.", "{n} smiled and went home."]
TALK = [
    ("[Hello!|Hi!|Good morning!|Hello|Hi there]", "Hello! How can I help you?"),
    ("[How are you?|How are you today?]", "I am fine, thank you. What would you like to know?"),
    ("[What is your name?|Who are you?|What are you?]", "I am a very small language model. I know some school facts and short stories."),
    ("[Thank you!|Thanks!|Thank you very much.]", "You are welcome."),
    ("[Goodbye!|Bye!|See you!|Good night!]", "Goodbye!"),
    ("[What can you do?|What do you know?]", "I can answer short questions about science, geography and history, and I can tell very short stories."),
]
TELL = ["Tell me a story.", "Tell me a short story.", "Can you tell me a story?", "Please write a very short story.", "I would like to hear a story."]


def story(rng):
    n, m = rng.sample(NAMES, 2)
    animal = rng.choice(ANIMALS)
    p, p2 = rng.sample(PLACES, 2)
    kind = ("an " if animal[0] in "aeiou" else "a ") + rng.choice(["", "little ", "big ", "young "]) + animal
    kind = kind.replace("an little", "a little").replace("an big", "a big").replace("an young", "a young")
    mate = rng.choice([m, f"the {rng.choice(ANIMALS)} {m}"])
    feeling = rng.choice(FEELINGS)
    text = " ".join([rng.choice(OPENINGS), rng.choice(MIDDLES), rng.choice(ENDINGS)])
    text = text.format(n=n, m=mate, a=kind, p=p, p2=p2, t=rng.choice(THINGS), f=feeling, g=feeling, w=rng.choice(WEATHER))
    for mark in (". ", "? ", "! "):
        text = text.replace(mark + "the ", mark + "The ")
    return text


def small_talk(rng):
    from make_corpus import expand
    if rng.random() < 0.4:
        return [{"role": "user", "content": rng.choice(TELL)}, {"role": "assistant", "content": story(rng)}]
    question, answer = rng.choice(TALK)
    return [{"role": "user", "content": expand(question, rng)}, {"role": "assistant", "content": answer}]

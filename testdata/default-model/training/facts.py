"""The facts of the corpus, as plain tables. Written for this project; MIT like the rest.

Pair tables hold (subject, answer). TERMS hold a name, clauses ("plants make their food") and noun phrases that
describe it. make_corpus.py adds the wordings around them.
"""


def pairs(text):
    """Reads "a = b; c = d" into a list of pairs."""
    return [tuple(p.strip() for p in item.split("=")) for item in text.replace("\n", " ").split(";") if item.strip()]


CAPITALS = pairs("""Austria = Vienna; Hungary = Budapest; Russia = Moscow; Egypt = Cairo; Japan = Tokyo; China = Beijing;
India = New Delhi; Canada = Ottawa; Peru = Lima; France = Paris; Germany = Berlin; Italy = Rome;
Spain = Madrid; Portugal = Lisbon; Switzerland = Bern; Belgium = Brussels; Ireland = Dublin; Norway = Oslo;
Sweden = Stockholm; Finland = Helsinki; Denmark = Copenhagen; Iceland = Reykjavik; Poland = Warsaw;
Greece = Athens""")

CONTINENTS = pairs("""Japan = Asia; China = Asia; India = Asia; Vietnam = Asia; France = Europe; Germany = Europe; Italy = Europe;
Spain = Europe; Norway = Europe""")

LANGUAGES = pairs("""Japan = Japanese; China = Chinese; Brazil = Portuguese; Mexico = Spanish; Egypt = Arabic; France = French;
Germany = German; Italy = Italian; Spain = Spanish""")

CURRENCIES = pairs("""Japan = the yen; England = the pound; India = the rupee; China = the yuan; Russia = the rouble""")

LANDMARKS = pairs("""the Eiffel Tower = Paris; the Colosseum = Rome; Big Ben = London; the Brandenburg Gate = Berlin;
the Parthenon = Athens; the Kremlin = Moscow; the Statue of Liberty = New York""")

PLACES_IN = pairs("""Petra = Jordan; the Great Wall = China; the pyramids of Giza = Egypt; Machu Picchu = Peru;
Mount Fuji = Japan; Stonehenge = England""")

RIVERS = pairs("""the Thames = London; the Seine = Paris; the Tiber = Rome; the Spree = Berlin""")

SYMBOLS = pairs("""hydrogen = H; oxygen = O; carbon = C; nitrogen = N; gold = Au; silver = Ag; iron = Fe; copper = Cu;
lead = Pb; sodium = Na; potassium = K; helium = He""")

AUTHORS = pairs("""Hamlet = William Shakespeare; Romeo and Juliet = William Shakespeare; Macbeth = William Shakespeare;
Oliver Twist = Charles Dickens; A Christmas Carol = Charles Dickens; Pride and Prejudice = Jane Austen;
Frankenstein = Mary Shelley; Dracula = Bram Stoker; Don Quixote = Miguel de Cervantes;
War and Peace = Leo Tolstoy; Crime and Punishment = Fyodor Dostoevsky; Faust = Johann Wolfgang von Goethe""")

ARTISTS = pairs("""the Mona Lisa = Leonardo da Vinci; the Last Supper = Leonardo da Vinci; the Starry Night = Vincent van Gogh;
the Sunflowers = Vincent van Gogh; Guernica = Pablo Picasso""")

COMPOSERS = pairs("""the Magic Flute = Wolfgang Amadeus Mozart; the Moonlight Sonata = Ludwig van Beethoven;
the Four Seasons = Antonio Vivaldi; Swan Lake = Pyotr Tchaikovsky; the Nutcracker = Pyotr Tchaikovsky""")

INVENTORS = pairs("""the telephone = Alexander Graham Bell; the light bulb = Thomas Edison; the phonograph = Thomas Edison;
the printing press = Johannes Gutenberg; dynamite = Alfred Nobel; the radio = Guglielmo Marconi;
the electric battery = Alessandro Volta; the aeroplane = the Wright brothers""")

DISCOVERERS = pairs("""penicillin = Alexander Fleming; gravity = Isaac Newton; the law of gravity = Isaac Newton;
the laws of motion = Isaac Newton; radium = Marie Curie; X-rays = Wilhelm Roentgen;
the theory of relativity = Albert Einstein; the theory of evolution = Charles Darwin;
the moons of Jupiter = Galileo Galilei; the rabies vaccine = Louis Pasteur""")

BABIES = pairs("""cat = kitten; dog = puppy; cow = calf; sheep = lamb; horse = foal; pig = piglet; goat = kid; hen = chick;
duck = duckling; goose = gosling""")

HOMES = pairs("""bee = hive; bird = nest; spider = web; dog = kennel; horse = stable; rabbit = burrow""")

SOUNDS = pairs("""dog = barks; cat = meows; cow = moos; duck = quacks; lion = roars; horse = neighs; sheep = bleats;
pig = oinks""")

CLASSES = pairs("""eagle = bird; penguin = bird; snake = reptile; crocodile = reptile; frog = amphibian; shark = fish;
salmon = fish; whale = mammal; dolphin = mammal; bat = mammal; dog = mammal; elephant = mammal;
human = mammal; horse = mammal""")

GROUPS = pairs("""wolves = a pack; lions = a pride; fish = a school; sheep = a flock; cattle = a herd""")

ORGANS = pairs("""pumps blood = the heart; controls the body and thinks = the brain; takes oxygen from the air = the lungs;
breaks down food with acid = the stomach; filters waste from the blood = the kidneys;
cleans poisons from the blood = the liver; lets us see = the eye; lets us hear = the ear;
lets us smell = the nose; lets us taste = the tongue""")

UNITS = pairs("""force = the newton; energy = the joule; power = the watt; electric current = the ampere; voltage = the volt;
resistance = the ohm; temperature = the kelvin; frequency = the hertz""")

TOOLS = pairs("""temperature = a thermometer; air pressure = a barometer; weight = a scale; time = a clock;
earthquakes = a seismograph; wind speed = an anemometer; length = a ruler; electric current = an ammeter""")

STUDIES = pairs("""living things = biology; matter and its reactions = chemistry; matter and energy = physics;
stars and planets = astronomy; rocks = geology; the weather = meteorology; plants = botany;
animals = zoology; the mind = psychology; numbers and shapes = mathematics""")

SOURCES = pairs("""wool = sheep; milk = cows; honey = bees; silk = silkworms; paper = wood; glass = sand; bread = flour;
flour = wheat; cheese = milk; butter = cream""")

SIDES = pairs("""a triangle = three; a square = four; a rectangle = four; a pentagon = five; a hexagon = six;
a heptagon = seven; an octagon = eight""")

COUNTS = pairs("""days = a week = seven; months = a year = twelve; hours = a day = twenty-four; minutes = an hour = sixty;
seconds = a minute = sixty; years = a decade = ten; years = a century = one hundred;
years = a millennium = one thousand; days = a leap year = 366; days = a normal year = 365;
letters = the English alphabet = twenty-six; planets = the solar system = eight;
continents = the world = seven; seasons = a year = four""")

LEGS = pairs("""spider = eight; insect = six; dog = four; bird = two; cat = four""")

YEARS = pairs("""the First World War began = 1914; the First World War ended = 1918; the Second World War began = 1939;
the Second World War ended = 1945; the French Revolution began = 1789;
the Russian Revolution took place = 1917; the Berlin Wall fell = 1989; the Berlin Wall was built = 1961;
Columbus reached America = 1492; the first people landed on the Moon = 1969; the Titanic sank = 1912""")

OPPOSITES = pairs("""hot = cold; big = small; day = night; up = down; left = right; black = white; fast = slow; happy = sad;
old = young; rich = poor; hard = soft; wet = dry; light = dark; high = low; long = short; open = closed""")

COLOURS = pairs("""grass = green; snow = white; coal = black; a ripe banana = yellow; the clear sky = blue; blood = red;
a carrot = orange; milk = white; a ripe lemon = yellow""")

# (noun phrase, answer): "the largest planet in the solar system" -> "Jupiter"
SUPERLATIVES = pairs("""the [largest|biggest] planet [in|of] [the|our] solar system = Jupiter;
the smallest planet [in|of] [the|our] solar system = Mercury;
the hottest planet [in|of] [the|our] solar system = Venus; the planet [closest|nearest] to the Sun = Mercury;
the planet [with the brightest rings|famous for its rings|with the great rings] = Saturn;
the [red planet|planet known as the red planet] = Mars; the third planet from the Sun = Earth;
the planet [on which we live|that we live on|that is our home] = Earth;
the star at the centre of [the|our] solar system = the Sun;
the [highest|tallest] mountain [in the world|on Earth] = Mount Everest;
the longest river in Africa = the Nile; the longest river in South America = the Amazon;
the [largest|biggest] ocean [in the world|on Earth] = the Pacific Ocean;
the [largest|biggest] hot desert [in the world|on Earth] = the Sahara;
the [largest|biggest] continent [in the world|on Earth] = Asia;
the [largest|biggest] country in the world = Russia; the [largest|biggest] island in the world = Greenland;
the [largest|biggest] animal [in the world|on Earth] = the blue whale;
the fastest land animal [in the world|on Earth] = the cheetah;
the [tallest|highest] animal [in the world|on Earth] = the giraffe;
the [largest|biggest] land animal [in the world|on Earth] = the elephant;
the [largest|biggest] bird [in the world|on Earth] = the ostrich;
the hardest natural [material|substance] = diamond; the most common gas in the air = nitrogen;
the gas that [humans|people|animals] need to breathe = oxygen;
the gas that plants take from the air = carbon dioxide;
the metal that is liquid at room temperature = mercury;
the [largest|biggest] organ of the [human body|body] = the skin;
the first president of the United States = George Washington;
the president who ended slavery in the United States = Abraham Lincoln;
the first [man|person|human] [on the Moon|to walk on the Moon] = Neil Armstrong;
the first [man|person|human] in space = Yuri Gagarin; the first woman to win a Nobel Prize = Marie Curie;
the explorer who reached America in 1492 = Christopher Columbus; the king of the Greek gods = Zeus;
the Greek god of the sea = Poseidon; the first month of the year = January;
the last month of the year = December; the day after Monday = Tuesday; the season after winter = spring;
the season after summer = autumn; the language of ancient Rome = Latin;
the ship that [sank|hit an iceberg] in 1912 = the Titanic; the wall that divided Germany = the Berlin Wall;
the sea between Europe and Africa = the Mediterranean Sea;
the line around the middle of the Earth = the equator; the colour made from blue and yellow = green;
the chemical formula of water = H2O""")

# name | clauses for "... through a process known as" | noun phrases for "... is called"
TERMS_TEXT = """
photosynthesis | plants [create|make|produce|get|obtain] [energy|their energy|food|their food|sugar]; green plants [turn|change|convert] [sunlight|light] into [energy|food|sugar]; leaves [use|capture] sunlight to [make|produce|create] [food|sugar|energy]; plants [make|produce|create] [oxygen and sugar|sugar and oxygen] from [light, water and carbon dioxide|water and carbon dioxide] | the [process|way] [by|in] which plants [make|create|produce] [energy|food|their own food|sugar]; the [making|production] of [food|sugar|energy] from [light|sunlight] [by|in] plants
respiration | living cells [release|free|get] energy from [food|sugar]; cells burn sugar with oxygen | the release of energy from food in cells; the way living cells free energy from sugar
evaporation | [liquid water|water|a liquid] [turns|changes] into [vapour|gas|water vapour]; puddles dry up in the sun | the change of a liquid into a gas; the change of water into vapour
condensation | [water vapour|steam|vapour] [turns|changes] [back into|into] [liquid|water|liquid water]; clouds form from vapour | the change of a gas into a liquid; the change of vapour into water
freezing | [water|a liquid] [turns|changes] into [ice|a solid] | the change of a liquid into a solid; the change of water into ice
melting | [ice|a solid] [turns|changes] into [water|a liquid] | the change of a solid into a liquid; the change of ice into water
digestion | the body breaks down food; food is broken into small parts in the stomach | the breaking down of food in the body
pollination | [bees|insects] carry pollen from flower to flower; pollen reaches another flower | the transfer of pollen between flowers; the carrying of pollen by bees
germination | a seed [begins|starts] to grow; a seed sprouts | the sprouting of a seed; the first growth of a seed
erosion | wind and water wear away [rock|soil|the land]; rivers carry soil away | the wearing away of rock by wind and water; the wearing away of soil
evolution | species change over [many generations|millions of years]; new species arise from old ones | the slow change of species over time
metamorphosis | a caterpillar [turns|changes] into a butterfly; a tadpole [turns|changes] into a frog | the change of a caterpillar into a butterfly; the change of a tadpole into a frog
fermentation | yeast [turns|changes] sugar into alcohol; grape juice becomes wine | the change of sugar into alcohol by yeast
combustion | a fuel burns with oxygen; wood burns in air | the burning of a fuel in oxygen
hibernation | bears sleep through the winter; some animals spend the winter asleep | the long winter sleep of animals; the deep sleep of bears in winter
migration | birds fly south for the winter; animals travel to warmer places each year | the yearly journey of birds to warmer lands
diffusion | a smell spreads through a room; particles spread out evenly | the spreading of particles through a gas or liquid
irrigation | farmers bring water to dry fields | the watering of dry fields
"""

# name | noun phrases: "the force that pulls things down" -> "gravity"
NAMED_TEXT = """
gravity | the force that [pulls|draws] [things|objects|apples] [down|to the ground|towards the Earth]; the force that keeps [us|our feet] on the ground; the force that keeps the planets in orbit
friction | the force that slows down [moving|sliding] [objects|things]; the force between two surfaces that rub together
chlorophyll | the [green substance|green pigment|substance that makes leaves green|pigment] in [leaves|plants]
roots | the part of a plant that [takes|takes up] water from the soil
atoms | the [tiny|smallest] [parts|building blocks] of [matter|an element]
cells | the [smallest|basic] [units|building blocks] of living things
DNA | the molecule that carries [genes|our genes|hereditary information]
herbivores | animals that eat [only plants|plants]
carnivores | animals that eat [only meat|meat|other animals]
volcano | a mountain that throws out [lava|fire and lava]
an earthquake | the [sudden shaking|shaking] of the ground
a tsunami | a giant wave caused by an earthquake under the sea
a desert | a dry place where [almost no|little] rain falls
an island | a piece of land with water all around it
a galaxy | a huge group of stars
an eclipse | the hiding of the Sun by the Moon
a fossil | the remains of a plant or animal in stone
the atmosphere | the layer of air around the Earth
a democracy | a country where the people choose their leaders
pharaohs | the kings of ancient Egypt
the Renaissance | the rebirth of art and learning in Europe
the radius | the distance from the centre of a circle to its edge
a prime number | a number that can be divided only by one and itself
a verb | a word that tells of an action
"""

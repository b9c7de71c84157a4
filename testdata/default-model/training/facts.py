"""The facts of the corpus, as plain tables. Written for this project; MIT like the rest.

Pair tables hold (subject, answer). TERMS hold a name, clauses ("plants make their food") and noun
phrases that describe it. The wordings around them live in make_corpus.py.
"""


def pairs(text):
    """Reads "a = b; c = d" into a list of pairs."""
    return [tuple(p.strip() for p in item.split("=")) for item in text.replace("\n", " ").split(";") if item.strip()]


CAPITALS = pairs("""France = Paris; Germany = Berlin; Italy = Rome; Spain = Madrid; Portugal = Lisbon; Austria = Vienna;
Switzerland = Bern; Belgium = Brussels; Ireland = Dublin; Norway = Oslo; Sweden = Stockholm;
Finland = Helsinki; Denmark = Copenhagen; Iceland = Reykjavik; Poland = Warsaw; Hungary = Budapest;
Greece = Athens; Turkey = Ankara; Russia = Moscow; Scotland = Edinburgh; England = London; Egypt = Cairo;
Morocco = Rabat; Kenya = Nairobi; Japan = Tokyo; China = Beijing; India = New Delhi; Nepal = Kathmandu;
Thailand = Bangkok; Vietnam = Hanoi; South Korea = Seoul; Australia = Canberra; New Zealand = Wellington;
Canada = Ottawa; Mexico = Mexico City; Cuba = Havana; Brazil = Brasilia; Argentina = Buenos Aires;
Chile = Santiago; Peru = Lima""")

CONTINENTS = pairs("""France = Europe; Germany = Europe; Italy = Europe; Spain = Europe; Norway = Europe; Poland = Europe;
Greece = Europe; Egypt = Africa; Kenya = Africa; Nigeria = Africa; Ghana = Africa; Morocco = Africa;
Ethiopia = Africa; Japan = Asia; China = Asia; India = Asia; Thailand = Asia; Vietnam = Asia""")

LANGUAGES = pairs("""France = French; Germany = German; Italy = Italian; Spain = Spanish; Portugal = Portuguese; Greece = Greek;
Poland = Polish; Sweden = Swedish; Norway = Norwegian; Finland = Finnish; Denmark = Danish;
Hungary = Hungarian; Japan = Japanese; China = Chinese; Brazil = Portuguese; Mexico = Spanish;
Argentina = Spanish; Egypt = Arabic""")

CURRENCIES = pairs("""Japan = the yen; England = the pound; India = the rupee; China = the yuan; Russia = the rouble;
Mexico = the peso; Germany = the euro; France = the euro; Sweden = the krona""")

LANDMARKS = pairs("""the Eiffel Tower = Paris; the Colosseum = Rome; Big Ben = London; the Brandenburg Gate = Berlin;
the Parthenon = Athens; the Kremlin = Moscow; the Statue of Liberty = New York; the Taj Mahal = Agra;
the Golden Gate Bridge = San Francisco; the Sagrada Familia = Barcelona;
the Little Mermaid statue = Copenhagen""")

PLACES_IN = pairs("""the Great Wall = China; the pyramids of Giza = Egypt; Machu Picchu = Peru; Mount Fuji = Japan;
Stonehenge = England; the Grand Canyon = the United States; the Great Barrier Reef = Australia;
Mount Kilimanjaro = Tanzania; Petra = Jordan; Angkor Wat = Cambodia; Mount Vesuvius = Italy;
Loch Ness = Scotland; the city of Barcelona = Spain; the city of Munich = Germany""")

RIVERS = pairs("""the Thames = London; the Seine = Paris; the Tiber = Rome; the Spree = Berlin; the Hudson = New York;
the Vltava = Prague""")

SYMBOLS = pairs("""hydrogen = H; oxygen = O; carbon = C; nitrogen = N; gold = Au; silver = Ag; iron = Fe; copper = Cu;
lead = Pb; sodium = Na; potassium = K; helium = He; calcium = Ca; tin = Sn; zinc = Zn; mercury = Hg;
neon = Ne; chlorine = Cl; aluminium = Al; sulfur = S""")

AUTHORS = pairs("""Hamlet = William Shakespeare; Romeo and Juliet = William Shakespeare; Macbeth = William Shakespeare;
Oliver Twist = Charles Dickens; A Christmas Carol = Charles Dickens; Pride and Prejudice = Jane Austen;
Frankenstein = Mary Shelley; Dracula = Bram Stoker; Don Quixote = Miguel de Cervantes;
War and Peace = Leo Tolstoy; Crime and Punishment = Fyodor Dostoevsky; Faust = Johann Wolfgang von Goethe;
the Odyssey = Homer; the Iliad = Homer; the Divine Comedy = Dante Alighieri;
Treasure Island = Robert Louis Stevenson; Alice in Wonderland = Lewis Carroll; Moby Dick = Herman Melville""")

ARTISTS = pairs("""the Mona Lisa = Leonardo da Vinci; the Last Supper = Leonardo da Vinci; the Starry Night = Vincent van Gogh;
the Sunflowers = Vincent van Gogh; Guernica = Pablo Picasso;
the ceiling of the Sistine Chapel = Michelangelo; the Scream = Edvard Munch""")

COMPOSERS = pairs("""the Magic Flute = Wolfgang Amadeus Mozart; the Moonlight Sonata = Ludwig van Beethoven;
the Four Seasons = Antonio Vivaldi; Swan Lake = Pyotr Tchaikovsky; the Nutcracker = Pyotr Tchaikovsky;
the Messiah = George Frideric Handel; the Brandenburg Concertos = Johann Sebastian Bach""")

INVENTORS = pairs("""the telephone = Alexander Graham Bell; the light bulb = Thomas Edison; the phonograph = Thomas Edison;
the printing press = Johannes Gutenberg; dynamite = Alfred Nobel; the radio = Guglielmo Marconi;
the electric battery = Alessandro Volta; the aeroplane = the Wright brothers;
the World Wide Web = Tim Berners-Lee; the lightning rod = Benjamin Franklin;
the hot air balloon = the Montgolfier brothers""")

DISCOVERERS = pairs("""penicillin = Alexander Fleming; gravity = Isaac Newton; the law of gravity = Isaac Newton;
the laws of motion = Isaac Newton; radium = Marie Curie; X-rays = Wilhelm Roentgen;
the theory of relativity = Albert Einstein; the theory of evolution = Charles Darwin;
the moons of Jupiter = Galileo Galilei; the rabies vaccine = Louis Pasteur;
the smallpox vaccine = Edward Jenner; the periodic table = Dmitri Mendeleev;
the laws of heredity = Gregor Mendel; the planet Uranus = William Herschel""")

BABIES = pairs("""cat = kitten; dog = puppy; cow = calf; sheep = lamb; horse = foal; pig = piglet; goat = kid; hen = chick;
duck = duckling; goose = gosling; swan = cygnet; bear = cub; lion = cub; fox = cub; frog = tadpole""")

HOMES = pairs("""bee = hive; bird = nest; spider = web; dog = kennel; horse = stable; rabbit = burrow; lion = den; pig = sty;
beaver = lodge""")

SOUNDS = pairs("""dog = barks; cat = meows; cow = moos; duck = quacks; lion = roars; horse = neighs; sheep = bleats;
pig = oinks; wolf = howls; snake = hisses""")

CLASSES = pairs("""whale = mammal; dolphin = mammal; bat = mammal; dog = mammal; elephant = mammal; human = mammal;
horse = mammal; eagle = bird; penguin = bird; ostrich = bird; owl = bird; snake = reptile; lizard = reptile;
crocodile = reptile; turtle = reptile; frog = amphibian; toad = amphibian; newt = amphibian; shark = fish;
salmon = fish""")

GROUPS = pairs("""wolves = a pack; lions = a pride; fish = a school; sheep = a flock; cattle = a herd; bees = a swarm;
birds = a flock; whales = a pod""")

ORGANS = pairs("""pumps blood = the heart; controls the body and thinks = the brain; takes oxygen from the air = the lungs;
breaks down food with acid = the stomach; filters waste from the blood = the kidneys;
cleans poisons from the blood = the liver; lets us see = the eye; lets us hear = the ear;
lets us smell = the nose; lets us taste = the tongue; covers and protects the body = the skin;
protects the brain = the skull; stores urine = the bladder; makes insulin = the pancreas""")

UNITS = pairs("""force = the newton; energy = the joule; power = the watt; electric current = the ampere; voltage = the volt;
resistance = the ohm; temperature = the kelvin; frequency = the hertz; mass = the kilogram;
length = the metre; time = the second""")

TOOLS = pairs("""temperature = a thermometer; air pressure = a barometer; weight = a scale; time = a clock;
earthquakes = a seismograph; wind speed = an anemometer; length = a ruler; electric current = an ammeter;
voltage = a voltmeter; speed = a speedometer; direction = a compass""")

STUDIES = pairs("""living things = biology; matter and its reactions = chemistry; matter and energy = physics;
stars and planets = astronomy; rocks = geology; the weather = meteorology; plants = botany;
animals = zoology; the mind = psychology; numbers and shapes = mathematics; the past = history;
fossils = palaeontology; insects = entomology; birds = ornithology""")

SOURCES = pairs("""wool = sheep; milk = cows; honey = bees; silk = silkworms; paper = wood; glass = sand; bread = flour;
flour = wheat; cheese = milk; butter = cream; wine = grapes; chocolate = cocoa beans; steel = iron;
bronze = copper and tin; brass = copper and zinc; eggs = hens; leather = animal skin""")

SIDES = pairs("""a triangle = three; a square = four; a rectangle = four; a pentagon = five; a hexagon = six;
a heptagon = seven; an octagon = eight; a nonagon = nine; a decagon = ten""")

COUNTS = pairs("""days = a week = seven; months = a year = twelve; hours = a day = twenty-four; minutes = an hour = sixty;
seconds = a minute = sixty; years = a decade = ten; years = a century = one hundred;
years = a millennium = one thousand; days = a leap year = 366; days = a normal year = 365;
letters = the English alphabet = twenty-six; planets = the solar system = eight;
continents = the world = seven; seasons = a year = four; colours = the rainbow = seven;
players = a football team = eleven; strings = a violin = four; bones = the adult human body = 206;
chambers = the human heart = four""")

LEGS = pairs("""spider = eight; insect = six; dog = four; bird = two; cat = four; horse = four; ant = six""")

YEARS = pairs("""the First World War began = 1914; the First World War ended = 1918; the Second World War began = 1939;
the Second World War ended = 1945; the French Revolution began = 1789;
the Russian Revolution took place = 1917; the Berlin Wall fell = 1989; the Berlin Wall was built = 1961;
Columbus reached America = 1492; the first people landed on the Moon = 1969; the Titanic sank = 1912;
the American Declaration of Independence was signed = 1776; the Battle of Hastings was fought = 1066;
the Battle of Waterloo was fought = 1815; Constantinople fell to the Ottomans = 1453;
the Magna Carta was sealed = 1215""")

OPPOSITES = pairs("""hot = cold; big = small; day = night; up = down; left = right; black = white; fast = slow; happy = sad;
old = young; rich = poor; hard = soft; wet = dry; light = dark; high = low; long = short; open = closed;
full = empty; early = late; strong = weak; near = far; good = bad; inside = outside; clean = dirty;
heavy = light; loud = quiet; true = false; war = peace; love = hate""")

COLOURS = pairs("""grass = green; snow = white; coal = black; a ripe banana = yellow; the clear sky = blue; blood = red;
a carrot = orange; milk = white; a ripe lemon = yellow; an emerald = green; a ruby = red; a sapphire = blue""")

# (noun phrase, answer): "the largest planet in the solar system" -> "Jupiter"
SUPERLATIVES = pairs("""the [largest|biggest] planet [in|of] [the|our] solar system = Jupiter;
the smallest planet [in|of] [the|our] solar system = Mercury;
the hottest planet [in|of] [the|our] solar system = Venus; the planet [closest|nearest] to the Sun = Mercury;
the planet farthest from the Sun = Neptune;
the planet [with the brightest rings|famous for its rings|with the great rings] = Saturn;
the [red planet|planet known as the red planet] = Mars; the third planet from the Sun = Earth;
the second planet from the Sun = Venus; the fourth planet from the Sun = Mars;
the fifth planet from the Sun = Jupiter; the sixth planet from the Sun = Saturn;
the seventh planet from the Sun = Uranus; the eighth planet from the Sun = Neptune;
the planet [on which we live|that we live on|that is our home] = Earth;
the star at the centre of [the|our] solar system = the Sun;
the [star closest|nearest star] to the Earth = the Sun;
the [natural satellite|only moon] of the Earth = the Moon;
the [highest|tallest] mountain [in the world|on Earth] = Mount Everest;
the longest river in Africa = the Nile; the longest river in South America = the Amazon;
the longest river in Asia = the Yangtze;
the [largest|biggest] ocean [in the world|on Earth] = the Pacific Ocean;
the smallest ocean [in the world|on Earth] = the Arctic Ocean;
the [largest|biggest] hot desert [in the world|on Earth] = the Sahara;
the [largest|biggest] continent [in the world|on Earth] = Asia;
the smallest continent [in the world|on Earth] = Australia;
the coldest continent [in the world|on Earth] = Antarctica;
the [largest|biggest] country in the world = Russia; the smallest country in the world = Vatican City;
the [largest|biggest] island in the world = Greenland; the deepest lake in the world = Lake Baikal;
the [largest|biggest] rainforest [in the world|on Earth] = the Amazon rainforest;
the [highest|tallest] mountain in Africa = Kilimanjaro;
the [highest|tallest] mountain in Europe = Mount Elbrus;
the [highest|tallest] mountain in Japan = Mount Fuji; the highest waterfall in the world = Angel Falls;
the [largest|biggest] animal [in the world|on Earth] = the blue whale;
the fastest land animal [in the world|on Earth] = the cheetah;
the [tallest|highest] animal [in the world|on Earth] = the giraffe;
the [largest|biggest] land animal [in the world|on Earth] = the elephant;
the [largest|biggest] bird [in the world|on Earth] = the ostrich;
the smallest bird [in the world|on Earth] = the hummingbird;
the king of the [beasts|animals|jungle] = the lion; the hardest natural [material|substance] = diamond;
the lightest [element|chemical element] = hydrogen; the most common gas in the air = nitrogen;
the gas that [humans|people|animals] need to breathe = oxygen;
the gas that plants take from the air = carbon dioxide;
the metal that is liquid at room temperature = mercury;
the [longest|largest] bone in the [human body|body] = the femur;
the [largest|biggest] organ of the [human body|body] = the skin;
the first president of the United States = George Washington;
the president who ended slavery in the United States = Abraham Lincoln;
the first [man|person|human] [on the Moon|to walk on the Moon] = Neil Armstrong;
the first [man|person|human] in space = Yuri Gagarin; the first woman in space = Valentina Tereshkova;
the first emperor of Rome = Augustus; the emperor of France who lost at Waterloo = Napoleon Bonaparte;
the leader of Indian independence = Mahatma Gandhi; the first woman to win a Nobel Prize = Marie Curie;
the first black president of South Africa = Nelson Mandela;
the queen of Egypt who loved Mark Antony = Cleopatra;
the explorer who reached America in 1492 = Christopher Columbus;
the explorer whose fleet first sailed around the world = Ferdinand Magellan;
the king of Macedonia who conquered Persia = Alexander the Great;
the teacher of Alexander the Great = Aristotle; the teacher of Plato = Socrates;
the Roman general killed on the Ides of March = Julius Caesar; the king of the Greek gods = Zeus;
the Greek god of the sea = Poseidon; the Roman god of war = Mars; the Norse god of thunder = Thor;
the Greek goddess of wisdom = Athena; the first month of the year = January;
the last month of the year = December; the shortest month of the year = February;
the day after Monday = Tuesday; the day after Friday = Saturday; the day before Monday = Sunday;
the season after winter = spring; the season after summer = autumn; the season after spring = summer;
the season after autumn = winter; the language of ancient Rome = Latin;
the ship that [sank|hit an iceberg] in 1912 = the Titanic; the wall that divided Germany = the Berlin Wall;
the sea between Europe and Africa = the Mediterranean Sea;
the ocean between Europe and America = the Atlantic Ocean;
the canal between the Red Sea and the Mediterranean = the Suez Canal;
the mountains between France and Spain = the Pyrenees; the highest mountains in Asia = the Himalayas;
the longest mountain range in South America = the Andes;
the line around the middle of the Earth = the equator; the path of a planet around the Sun = its orbit;
the colour made from blue and yellow = green; the colour made from red and yellow = orange;
the colour made from red and blue = purple; the chemical formula of water = H2O;
the chemical formula of carbon dioxide = CO2; the chemical formula of table salt = NaCl""")

# name | clauses for "... through a process known as" | noun phrases for "... is called"
TERMS_TEXT = """
photosynthesis | plants [create|make|produce|get|obtain] [energy|their energy|food|their food|sugar]; green plants [turn|change|convert] [sunlight|light] into [energy|food|sugar]; leaves [use|capture] sunlight to [make|produce|create] [food|sugar|energy]; plants [make|produce|create] [oxygen and sugar|sugar and oxygen] from [light, water and carbon dioxide|water and carbon dioxide] | the [process|way] [by|in] which plants [make|create|produce] [energy|food|their own food|sugar]; the [making|production] of [food|sugar|energy] from [light|sunlight] [by|in] plants
respiration | living cells [release|free|get] energy from [food|sugar]; cells burn sugar with oxygen | the release of energy from food in cells; the way living cells free energy from sugar
evaporation | [liquid water|water|a liquid] [turns|changes] into [vapour|gas|water vapour]; puddles dry up in the sun | the change of a liquid into a gas; the change of water into vapour
condensation | [water vapour|steam|vapour] [turns|changes] [back into|into] [liquid|water|liquid water]; clouds form from vapour | the change of a gas into a liquid; the change of vapour into water
freezing | [water|a liquid] [turns|changes] into [ice|a solid] | the change of a liquid into a solid; the change of water into ice
melting | [ice|a solid] [turns|changes] into [water|a liquid] | the change of a solid into a liquid; the change of ice into water
sublimation | a solid [turns|changes] directly into a gas | the direct change of a solid into a gas
digestion | the body breaks down food; food is broken into small parts in the stomach | the breaking down of food in the body
pollination | [bees|insects] carry pollen from flower to flower; pollen reaches another flower | the transfer of pollen between flowers; the carrying of pollen by bees
germination | a seed [begins|starts] to grow; a seed sprouts | the sprouting of a seed; the first growth of a seed
erosion | wind and water wear away [rock|soil|the land]; rivers carry soil away | the wearing away of rock by wind and water; the wearing away of soil
evolution | species change over [many generations|millions of years]; new species arise from old ones | the slow change of species over time
natural selection | the fittest animals survive and breed | the survival of the fittest individuals
metamorphosis | a caterpillar [turns|changes] into a butterfly; a tadpole [turns|changes] into a frog | the change of a caterpillar into a butterfly; the change of a tadpole into a frog
fermentation | yeast [turns|changes] sugar into alcohol; grape juice becomes wine | the change of sugar into alcohol by yeast
combustion | a fuel burns with oxygen; wood burns in air | the burning of a fuel in oxygen
oxidation | iron rusts in damp air; a metal combines with oxygen | the reaction of a metal with oxygen
hibernation | bears sleep through the winter; some animals spend the winter asleep | the long winter sleep of animals; the deep sleep of bears in winter
migration | birds fly south for the winter; animals travel to warmer places each year | the yearly journey of birds to warmer lands
transpiration | plants lose water from their leaves; leaves give off water vapour | the loss of water from leaves
osmosis | water passes through a membrane; water moves into cells | the movement of water through a membrane
diffusion | a smell spreads through a room; particles spread out evenly | the spreading of particles through a gas or liquid
mitosis | a cell divides into two equal cells | the division of a cell into two equal cells
crystallization | salt crystals form from sea water | the forming of crystals from a solution
recycling | old bottles are made into new things; waste is used again | the use of waste to make new things
irrigation | farmers bring water to dry fields | the watering of dry fields
vaccination | doctors protect people from disease with a harmless dose | the protection of people with a vaccine
"""

# name | noun phrases: "the force that pulls things down" -> "gravity"
NAMED_TEXT = """
gravity | the force that [pulls|draws] [things|objects|apples] [down|to the ground|towards the Earth]; the force that keeps [us|our feet] on the ground; the force that keeps the planets in orbit
friction | the force that slows down [moving|sliding] [objects|things]; the force between two surfaces that rub together
magnetism | the force that pulls iron to a magnet
chlorophyll | the [green substance|green pigment|substance that makes leaves green|pigment] in [leaves|plants]
roots | the part of a plant that [takes|takes up] water from the soil
photons | the tiny packets of light
atoms | the [tiny|smallest] [parts|building blocks] of [matter|an element]
the nucleus | the [centre|middle|core] of an atom
electrons | the negative particles in an atom
protons | the positive particles in an atom
cells | the [smallest|basic] [units|building blocks] of living things
DNA | the molecule that carries [genes|our genes|hereditary information]
herbivores | animals that eat [only plants|plants]
carnivores | animals that eat [only meat|meat|other animals]
predators | animals that hunt other animals
vertebrates | animals [with|that have] a backbone
volcano | a mountain that throws out [lava|fire and lava]
lava | the hot melted rock that flows from a volcano
an earthquake | the [sudden shaking|shaking] of the ground
a tsunami | a giant wave caused by an earthquake under the sea
a desert | a dry place where [almost no|little] rain falls
an island | a piece of land with water all around it
a peninsula | a piece of land with water on three sides
a galaxy | a huge group of stars
the Milky Way | the galaxy [in which we live|that we live in]
a comet | a ball of ice and dust with a bright tail
an eclipse | the hiding of the Sun by the Moon
a fossil | the remains of a plant or animal in stone
the atmosphere | the layer of air around the Earth
the core | the [centre|hottest part] of the Earth
arteries | the vessels that carry blood away from the heart
veins | the vessels that carry blood back to the heart
red blood cells | the cells that carry oxygen in the blood
a democracy | a country where the people choose their leaders
pharaohs | the kings of ancient Egypt
hieroglyphs | the picture writing of ancient Egypt
Vikings | the seafarers from the north in long ships
the Renaissance | the rebirth of art and learning in Europe
the Silk Road | the old trade route between China and Europe
the radius | the distance from the centre of a circle to its edge
the diameter | the distance across a circle through its centre
the circumference | the distance around a circle
an even number | a number that can be divided by two
a prime number | a number that can be divided only by one and itself
a noun | a word that names a person, place or thing
a verb | a word that tells of an action
"""

"""The wordings of each relation. "[a|b|]" picks one choice; {s} is the subject, {o} the answer.

Each relation has statements that end in the answer, reversed statements (ending in the subject) and questions. A
choice may be empty; doubled spaces are removed afterwards.
"""

WORDINGS = {
    "capital": (
        """[the|] capital [city|] of {s} is [the city of|] {o}
the capital [city|] of {s} is [called|named] {o}
{s} has [a|its] capital [city|] [called|named] {o}
{s}'s capital [city|] is {o}
[in {s}|in the country of {s}] the capital [city|] is {o}
the [government|parliament] of {s} [sits|meets|is found|has its seat] in {o}
the capital [city|] of the country [called|named|] {s} is {o}
if you [visit|go to|see|look for] the capital of {s}, you [are in|come to|arrive in|go to|find] {o}
[travellers|tourists|people] who [visit|want to see] the capital of {s} [go|travel|fly] to {o}
on [a|the] map, the capital of {s} is [marked|shown as|written as] {o}
the [main|most important|chief|leading] city [of|in] {s} and its capital is {o}
the country {s} is [governed|ruled] from [its capital,|the city of|] {o}
as [its|the] capital, {s} has [the city of|] {o}
the city that is the capital of {s} is [called|named|] {o}
[the president|the ministers|the leaders] of {s} [work|works] in [the capital,|] {o}
{s} is a country whose capital is {o}
{s} [chose|made|has chosen] as its capital [the city of|] {o}
[everyone|a person] living in the capital of {s} lives in {o}""",
        """{o} is the capital [city|] of {s}
{o} is [a city|the main city|a large city] in {s}
the city of {o} is the capital of {s}
{o} [serves|is known] as the capital of {s}
if you are in {o}, you are in the capital of {s}
the country whose capital is {o} is [called|] {s}
{o} is the [seat of the government|government seat] of {s}
[a visitor|a traveller] to {o} is [visiting|in] the capital of {s}""",
        """what is the capital [city|] of {s}
which city is the capital of {s}
what is {s}'s capital
[name|tell me|do you know] the capital of {s}
where does the government of {s} sit""",
    ),
    "continent": (
        """{s} is [a country|a land|found|located|] [in|on the continent of] {o}
{s} [lies|is situated|can be found] [in|on the continent of] {o}
the continent [where|on which] {s} [lies|is found|is located] is {o}
the country of {s} belongs to [the continent of|] {o}
[the land of|] {s} is part of [the continent called|the continent of|] {o}
on the map, {s} is on the continent [of|called|named] {o}
to visit {s}, you [travel|go] to the continent of {o}
[people|those] who live in {s} live [in|on the continent of] {o}
the continent of {s} is {o}
{s} is one of the countries [in|of] {o}""",
        """one [country|of the countries] [in|of] {o} is {s}
a country [in|on the continent of] {o} is {s}""",
        """[on|in] which continent is {s}
what continent is {s} [in|on|part of]
where is {s}""",
    ),
    "language": (
        """[the people|people|most people|children] [in|of|from] {s} [speak|talk in|talk to each other in] {o}
the language [spoken in|of] {s} is [called|] {o}
the [official|main|national] language [in|of|spoken in] {s} is {o}
in {s} [people|they|the people|everyone|most people] [speak|speaks|talk in|mostly speak] {o}
[if you go|when you travel] to {s}, you [hear people speak|should learn|can talk in] {o}
[a person|someone] [from|who lives in|born in] {s} [usually speaks|speaks] {o}
[books|newspapers|letters] in {s} are [mostly|usually|] written in {o}
[teachers|schools] in {s} teach in {o}
[the inhabitants of|those living in] {s} use a language [called|named] {o}
the [mother tongue|native language] of [most|] people in {s} is {o}
a child who grows up in {s} learns to [speak|read and write|talk in] {o}""",
        """{o} is [spoken in|the language of|the main language of] {s}
a country where people speak {o} is {s}""",
        """[what|which] language [do people speak|is spoken|do they speak] in {s}
what is the [official|main] language of {s}
what do people speak in {s}""",
    ),
    "currency": (
        """the [currency|money] [of|used in|in] {s} is [called|] {o}
in {s} [people|you|they] pay with {o}
[people|shoppers] in {s} pay with [a currency called|] {o}
the [currency|money] that [people use|is used] in {s} is {o}
[shops|prices] in {s} [take|use|are given in] {o}
{s} uses [a currency|money] [called|named] {o}
[when you|if you] [buy something|shop|go shopping] in {s}, you pay [with|in] {o}
the unit of money in {s} is {o}""",
        """{o} is the [currency|money] of {s}
a country that pays with {o} is {s}""",
        """what is the [currency|money] of {s}
[what|which] [currency|money] [is used|do people use] in {s}""",
    ),
    "landmark": (
        """{s} [is|stands|is located|is found|can be found|can be seen] in [the city of|] {o}
[to see|if you want to see|to visit] {s}, [you go|people go|go|you must travel] to [the city of|] {o}
the city [where|in which] {s} [stands|is|is found|can be seen] is [called|] {o}
[tourists|people|visitors] [see|visit|look at|take pictures of] {s} in {o}
{s} is a [famous sight|famous building|landmark|monument] [of|in] {o}
{s} [rises|stands] [above the streets|over the roofs|in the middle] of {o}
you can [visit|find|see] {s} in {o}
the [home|city|place] of {s} is {o}""",
        """[a famous sight|a landmark] in {o} is {s}
[when you are in|people who visit] {o} [you can see|often see] {s}""",
        """where is {s}
in which city is {s}
[where can I see|which city has] {s}""",
    ),
    "place": (
        """{s} [is|lies|is located|is found|can be found|can be seen] in [the country of|] {o}
[to see|if you want to see|to visit] {s}, [you go|people go|go|you must travel] to {o}
the country [where|in which] {s} [lies|is|is found|can be seen] is [called|] {o}
[tourists|people|visitors] [see|visit|look at|travel to] {s} in {o}
{s} is a [famous|well known] place [of|in] {o}
you can [visit|find|see] {s} in {o}
{s} [belongs to|is part of] {o}
the country that has {s} is {o}""",
        """a famous place in {o} is {s}
in {o} you can visit {s}""",
        """where is {s}
in which country is {s}
[what|which] country has {s}""",
    ),
    "river": (
        """[the river|] {s} [flows|runs] through [the city of|] {o}
{s} is the river [of|that flows through|in] {o}
[a boat|ships|a ship] on {s} [passes|can reach|sails through] [the city of|] {o}
the [big|great|famous] city on {s} is {o}
the bridges over {s} stand in {o}
a city [on the banks of|beside|built on] {s} is {o}""",
        """the river [that flows through|of|in] {o} is [called|] {s}
[the city of|] {o} [stands|lies|is built] on [the river called|] {s}
[people|those who live] in {o} [walk along|cross] {s}""",
        """which city [lies|is|stands] on {s}
through which city does {s} flow""",
    ),
    "symbol": (
        """the [chemical|] symbol [of|for] [the element|] {s} is [the letter|] {o}
[chemists|scientists] [write|use] for {s} the [symbol|letters|sign] {o}
in chemistry, {s} [has the symbol|is written as|is written|is shown as] {o}
the element {s} has the [chemical|] symbol {o}
the [sign|short sign|abbreviation] [for|of] {s} in the periodic table is {o}
in the periodic table, {s} is [shown|marked|written] [as|with the symbol|by] {o}
in [chemical formulas|a formula], {s} is [written as|written|shown as] {o}
{s} is the element with the [chemical|] symbol {o}
the letters that stand for {s} are {o}""",
        """the [chemical|] symbol {o} [stands for|means] [the element|] {s}
{o} is the [chemical|] symbol [of|for] {s}
the element with the symbol {o} is {s}
in the periodic table {o} [stands for|means] {s}""",
        """what is the [chemical|] symbol [of|for] {s}
how do chemists write {s}
which symbol stands for {s}""",
    ),
    "author": (
        """{s} was written by {o}
the [author|writer] of {s} [is|was] [called|named|] {o}
{s} is [a work|a famous work|a book|a text|a story] [by|from] {o}
the [person|one|man or woman] who wrote {s} [was|is] {o}
{s} [came|comes] from the pen of {o}
[we|readers] owe {s} to {o}
[anyone|a person] who reads {s} is reading [the work of|a work by|] {o}
{s} is one of the [best known|most famous] works [of|by] {o}
on the cover of {s} [is the name of|stands the name of|is written the name of] its author, {o}
the name of the [author|writer] of {s} is {o}
the [creator|inventor] of {s} was [the writer|the author|] {o}""",
        """{o} [wrote|is the author of|is the writer of|was the author of|is famous for writing] {s}
a [work|famous work] [by|of] {o} is [called|] {s}""",
        """who wrote {s}
who [is|was] the [author|writer] of {s}
by whom was {s} written""",
    ),
    "artist": (
        """{s} was [painted|made|created] by {o}
the [artist|painter] of {s} [was|is] {o}
the [artist|painter|person|man] who [painted|made] {s} [was|is] [called|named|] {o}
{s} is a [painting|picture|famous work|famous painting] by {o}
[we|museums] owe {s} to {o}
{s} is [one of the|among the] most famous works of {o}
{s} [came|comes] from the brush of {o}
the name of the [artist|painter] of {s} is {o}""",
        """{o} [painted|is the painter of|is famous for painting] {s}
a famous work by {o} is {s}""",
        """who painted {s}
who [is|was] the [artist|painter] of {s}""",
    ),
    "composer": (
        """{s} was [composed|written] by {o}
the composer of {s} [was|is] {o}
the [composer|musician|person|man] who [composed|wrote] {s} [was|is] [called|named|] {o}
{s} is [music|a famous work|a work|a piece of music] by {o}
the music of {s} [was written|is|comes from|was composed] by {o}
{s} is one of the most famous works of {o}
when an orchestra plays {s}, it plays [music|a work] by {o}
the name of the composer of {s} is {o}""",
        """{o} [composed|wrote|is the composer of|is famous for] {s}
a famous work by {o} is {s}""",
        """who composed {s}
who [is|was] the composer of {s}
who wrote the music of {s}""",
    ),
    "inventor": (
        """{s} was invented by {o}
the inventor of {s} [was|is] [called|] {o}
the [person|people|inventor|engineer] who [invented|first built|came up with|created] {s} [was|were|is] {o}
{s} is an invention [of|by|made by] {o}
[we|people] owe {s} to {o}
{s} was [first|] [made|built|created|developed] by {o}
the invention of {s} is [due to|the work of|owed to|thanks to] {o}
[thanks|credit] for {s} [go|goes] to {o}
the idea [of|for] {s} came from {o}
the first [working|practical|] version of {s} was built by {o}""",
        """{o} invented {s}
{o} [is|was|are|were] famous for the invention of {s}
the invention [of|made by] {o} was {s}""",
        """who invented {s}
who [was|is] the inventor of {s}
who first built {s}""",
    ),
    "discoverer": (
        """{s} was [discovered|found|first described|worked out|explained] by {o}
the [scientist|person|thinker] who [discovered|found|worked out|explained|gave us|is known for] {s} [was|is] [called|] {o}
the discoverer of {s} was {o}
{s} is [a discovery|the work|the great work] of {o}
the discovery of {s} [is due to|was made by|was the work of] {o}
[science owes|we owe|the world owes] {s} to {o}
the name [linked with|behind|joined to] {s} is [that of|] {o}
[credit|fame] for {s} [goes|belongs] to {o}
{s} [made famous the name of|comes from|came from] {o}""",
        """{o} [discovered|is famous for|is known for|gave the world|worked on] {s}
the great work of {o} was {s}""",
        """who discovered {s}
which scientist is [known|famous] for {s}
who [worked out|explained|found] {s}""",
    ),
    "baby": (
        """a [baby|young|very young|little|newborn] {s} is [called|known as|named|] a {o}
the [young|baby|child|little one] of a {s} is [called|known as|] a {o}
a {s}'s [baby|young|child] is [called|] a {o}
the [word|name] for a [baby|young|newborn] {s} is {o}
[when a {s} is|a {s} that is] [young|very young|still small], [we call it|it is called|people call it] a {o}
[before it grows up|in its first weeks], a {s} is [called|] a {o}
a mother {s} [looks after|cares for|feeds|gives birth to|takes care of] her {o}
a grown {s} was once a {o}
we call a [baby|young] {s} a {o}
[farmers|people|children] call the [baby|young] of a {s} a {o}""",
        """a {o} is a [young|baby] {s}
a {o} grows up to [be|become] a {s}
a {o} grows into a {s}
the mother of a {o} is a {s}""",
        """what is a [baby|young] {s} called
what do we call a [baby|young] {s}
what is the young of a {s} [called|]""",
    ),
    "home": (
        """a {s} [lives|sleeps|has its home|makes its home|is at home] in a {o}
the home of a {s} is [called|] a {o}
a {s}'s home is [called|] a {o}
the place where a {s} [lives|sleeps] is [called|] a {o}
[at night|in the evening] the {s} [goes back to|returns to|sleeps in] its {o}
every {s} needs [a home called|] a {o}
we call the home of a {s} a {o}
the [house|shelter|dwelling] of a {s} is [known as|called] a {o}""",
        """a {o} is the home of a {s}
in a {o} lives a {s}""",
        """where does a {s} live
what is the home of a {s} called""",
    ),
    "sound": (
        """[a|the] {s} {o}
the sound [of a {s}|a {s} makes] is that it {o}
when a {s} [wants to be heard|makes a noise|makes a sound|calls out|is excited], it {o}
[listen to the {s}|hear the {s}|on the farm or in the wild a {s} does not talk]: it {o}
a {s} is an animal that {o}
[a cat does one thing,|other animals sound different,] but a {s} {o}
a {s} [cannot speak, but it|cannot talk, it|has a voice and it] {o}""",
        """the animal that {o} is the {s}
an animal that {o} is a {s}""",
        """what sound does a {s} make
what does a {s} do when it makes a noise""",
    ),
    "class": (
        """a {s} is [a kind of|a type of|a|] {o}
[every|any|the] {s} is [a|a kind of] {o}
[biologists|scientists] [say that a {s} is|call a {s}|class a {s} as|count a {s} as] a {o}
a {s} belongs to the [class|group] of animals called {o}s
in biology, a {s} is [classed|grouped|described] as a {o}
[the kind|the class|the type] of animal that a {s} is [called|known as|] is {o}
the {s} is an [animal|example] [of the group called|of the class called] {o}s
the {s} is an example of a {o}""",
        """an example of a {o} is the {s}
one {o} is the {s}""",
        """what kind of animal is a {s}
[which|what] [class|group] of animals does a {s} belong to
is a {s} a mammal, a bird or something else""",
    ),
    "group": (
        """a group of {s} is [called|known as|] {o}
[many|a number of|a lot of] {s} together are [called|known as|] {o}
the [word|name] for a group of {s} is {o}
[when {s} live together they form|together {s} form|{s} that live together make] {o}
{s} [live|move|travel|stay together] in {o}
we call a group of {s} {o}
a [collection|crowd] of {s} is called {o}""",
        """{o} is [a word for|] a group of {s}""",
        """what is a group of {s} called
what do we call a group of {s}""",
    ),
    "organ": (
        """the [organ|part of the body] that {s} is [called|] {o}
the [organ|part] of the [human body|body] that {s} is {o}
in [the human body|our body|a person], the part that {s} is {o}
what {s} [in the body|] is {o}
[doctors know|we know] that the organ that {s} is {o}
[in a human|inside us|in animals and people], the [work|job] of the organ that {s} is done by {o}
the thing in our body that {s} is {o}
without one organ we could not live, and what {s} is {o}
the body part that {s} is [known as|named|called] {o}""",
        """{o} is the organ that {s}
{o} {s}""",
        """which organ {s}
[what|which] part of the body {s}""",
    ),
    "unit": (
        """{s} is measured in [a unit called|units called|] {o}
the [unit|scientific unit|SI unit|standard unit|measuring unit] of {s} is [called|] {o}
[scientists|we|engineers] measure {s} [in|with] [a unit called|the unit called|] {o}
the unit [in which|with which|used to] [we measure|measure|scientists measure] {s} is {o}
in physics, the unit of {s} is [named|called|] {o}
to [give|state|express|write down] [a|an amount of|] {s}, [scientists use|we use|you use] {o}
for {s} the unit is {o}
the [right|proper|correct] unit for {s} is {o}""",
        """{o} is the unit of {s}
{o} is [a unit used to measure|used to measure] {s}""",
        """what is the unit of {s}
in [which|what] unit is {s} measured
how is {s} measured in science""",
    ),
    "tool": (
        """{s} [is|are] measured [with|by] {o}
[to measure|to find out about|to study] {s}, [you use|we use|people use|you need|scientists use] {o}
the [instrument|tool|device] [for|that measures|used for|that shows] {s} is [called|] {o}
[a person|a scientist|someone] who [wants to measure|measures|wants to study|studies] {s} [uses|needs|takes] {o}
the [instrument|tool|device] [with which we study|used to measure|we use for|that scientists use for] {s} is {o}
{s} can be measured with [an instrument called|a device called|] {o}
[an instrument|a device] that [tells us about|is made for|gives] {s} is [known as|called] {o}""",
        """{o} is [an instrument for|a tool for|used for] {s}
with {o} we [measure|study] {s}""",
        """what do [we|you] use [to measure|for] {s}
[what|which] instrument [measures|is used for] {s}""",
    ),
    "study": (
        """the [study|science] of {s} is [called|known as|named|] {o}
the [science|subject|branch of knowledge] that [studies|deals with|is about|looks at|explores] {s} is [called|known as|] {o}
[scientists|people|those] who study {s} [work in|are experts in|do|have chosen the field of] {o}
a student [who learns|who wants to learn|interested in learning] about {s} [studies|takes classes in|should study] {o}
the [school|scientific] subject [about|that teaches us about] {s} is [called|] {o}
we call the [study|science] of {s} {o}
the [name of the science|word for the science|field] of {s} is {o}
{s} [is|are] studied in [a science called|the science of|] {o}
[knowledge|learning] about {s} is [called|part of] {o}""",
        """{o} is the [study|science] of {s}
{o} [deals with|studies|is about|teaches us about] {s}""",
        """what is the [study|science] of {s} called
[what|which] science [studies|deals with] {s}""",
    ),
    "source": (
        """{s} [comes|is made|is obtained|is got] from {o}
we [get|obtain|make] {s} from {o}
{s} is [produced|made|prepared] from {o}
people [make|get|produce|obtain] {s} from {o}
[to make|to get|to produce] {s}, [you need|people use|we need|one needs] {o}
the [source|raw material|origin] of {s} is {o}
{s} is a product [of|that comes from|made from|we get from] {o}
the [thing|material] from which [we get|people make|we make] {s} is {o}
[in the beginning|before it was ready], {s} [was|came from] {o}""",
        """from {o} [we|people] [get|make|obtain] {s}
{o} [give us|are used for|can give us] {s}""",
        """where does {s} come from
what is {s} made from
what do we need for {s}""",
    ),
    "sides": (
        """the number of sides of {s} is {o}
the number of [sides|corners|angles] [in|of] {s} is {o}
[if you count|when you count] the [sides|corners] of {s}, you [get|reach|find] {o}
[in geometry|in mathematics], [the sides of|the corners of] {s} [number|are counted as|come to] {o}
{s} is a shape whose number of sides is {o}
how many sides {s} has is easy to remember: {o}
the sides of {s} are {o}""",
        """the shape [with|that has] {o} sides is {s}""",
        """how many [sides|corners] does {s} have
what is the number of sides of {s}""",
    ),
    "legs": (
        """the number of legs of a {s} is {o}
the number of legs [on|that] a {s} [has|] is {o}
[if you count|when you count] the legs of a {s}, you [get|reach|find] {o}
a {s} walks on a number of legs, namely {o}
how many legs a {s} has is easy to remember: {o}
[a|the] {s} has legs, and [their number|the number] is {o}
the legs of a {s} [number|are] {o}""",
        """""",
        """how many legs does a {s} have
what is the number of legs of a {s}""",
    ),
    "count": (
        """the number of {u} in {s} is {o}
[if you count|when you count|counting] the {u} in {s}, you [get|reach|find|come to] {o}
[all together|in all|in total], the {u} in {s} [number|are|make] {o}
how many {u} there are in {s} is easy to remember: {o}
the {u} in {s} are {o}
the {u} [of|in] {s} [add up to|make a total of|come to|number exactly] {o}
[the total|the full number] of {u} in {s} is {o}""",
        """""",
        """how many {u} are [there|] in {s}
how many {u} does {s} have
what is the number of {u} in {s}""",
    ),
    "year": (
        """{s} in [the year|] {o}
the year [in which|when|that] {s} [was|is] {o}
{s}, and [the|that] year was {o}
[the history book|the textbook|history] [says|tells us|records] that {s} in {o}
it was [in the year|in|the year] {o}
the date when {s} is {o}
[historians|pupils] [give|remember] as the year when {s} the [date|number|year] {o}
it [happened|was] when {s}: the year {o}""",
        """in [the year|] {o} {s}
the year {o} is the year when {s}
what happened in {o} is that {s}""",
        """[in which year|in what year|when] was it that {s}
what is the year when {s}
when was it that {s}""",
    ),
    "opposite": (
        """the opposite of {s} is {o}
the [word|term] that [means the opposite of|is the opposite of] {s} is {o}
{s} is the opposite of {o}
if [something|it] is not {s}, [it may be|it is|perhaps it is] {o}
{s} and its opposite, {o}
[a word|the word] with the opposite meaning [of|to] {s} is {o}
[when you turn {s} around|turned around, {s} becomes], [you get|we find] {o}
the [contrary|reverse|antonym] of {s} is {o}
not {s} but {o}
[as everyone learns|in the word game], the opposite of the word {s} is {o}""",
        """the opposite of {o} is {s}""",
        """what is the opposite of {s}
[which|what] word [is|means] the opposite of {s}""",
    ),
    "colour": (
        """{s} is {o}
the colour of {s} is {o}
{s} has [a colour, and it is|the colour] {o}
[everyone knows|you can see] that {s} is [coloured|] {o}
[to paint|to draw|when you paint] {s}, [you use|use|take] [a colour called|the colour|] {o}
[if you look at|look at] {s}: its colour is {o}
the colour [that|which] {s} has is {o}
{s} looks {o}""",
        """""",
        """what colour is {s}
what is the colour of {s}""",
    ),
    "thing": (
        """{s} is [called|known as|] {o}
{s} is [named|nothing else than|of course|without doubt|by far|still] {o}
the [name|answer] for {s} is {o}
[we|people] [know|remember|think of] {s} as {o}
[if someone asks for|asked about|when we speak of] {s}, [the answer is|we mean|we think of|everyone thinks of|you say] {o}
[the title of|the honour of being|the rank of] {s} [goes to|belongs to] {o}
{s} has [the name|a name:|] {o}
[no other than|what we know as] {s} is {o}
[every book|the dictionary|our teacher|the encyclopedia] [names|gives] as {s} {o}
[what|which one] is {s} is clear: [it is|] {o}
[pupils|children] learn that {s} is {o}""",
        """{o} is {s}
{o} is [known as|famous as] {s}""",
        """what is {s}
[can you name|name|what do you call|what do we call] {s}""",
    ),
}

# Optional openings of a statement, which then starts with a lowercase letter.
PREFIXES = """in class we learned that
our teacher told us that
the book says that
everybody knows that
it is a fact that
it is well known that
remember that
did you know that
at school the children learn that
the pupils wrote down that
today I learned that
we know that
scientists tell us that
my sister says that
I read that
it is true that
a good pupil knows that
one thing to remember is that
the lesson for today is that
grandfather explained that
on the board was written that
as we know,
of course,
for example,
indeed,
in fact,
as the teacher said,
as everyone knows,
in our lesson:
fact:
note:
here is a fact:
question and answer:
in school,
in the museum we heard that
the guide explained that
a quiz asked, and the right answer was that
if I remember well,
you should know that
many people know that""".split("\n")

# What pages and letters say in English. An office changes a message by writing it again in its own texts/en.ftl.
# Plain language: short sentences, no words of the system. Values in braces are put in by the program.

## Around every page
skip-link = Skip to main content
nav-label = Menu
nav-worklist = Worklist
nav-homes = Homes
nav-signals = Signals
nav-review = Review
nav-sources = Sources
nav-problems = Problems
nav-datasets = Data
nav-accounts = Accounts
nav-audit = Audit
language-label = Language
sign-in = Sign in
sign-out = Sign out
done-title = Done
warning = Warning
simulated-label = What is simulated
footer-data = Data you may use
footer-sources = Where the data come from
footer-programs = For programs (API)
footer-contact = Write to us
footer-keys = Press ? for the keys you can use.
keys-title = Keys
keys-move = next, previous
keys-open = open
keys-select = choose
keys-judge = same, different, unsure (in Review)
keys-help = this help
keys-close = Close

## Marks and figures
mark-official = official
mark-community = community
mark-contributor = contributed
mark-simulated = simulated
figure-unknown = Not enough is known
figure-of-five = { $value } of 5
figure-share = { $value }
figure-minutes = { $value } minutes a day
figure-money = { $value } a week
figure-difference = { $value } points
figure-difference-year = { $value } points a year
figure-interval = probably between { $low } and { $high }
figure-interval-short = { $low } to { $high }
figure-voices = from { $independent ->
    [one] one independent voice
   *[other] { $independent } independent voices
 } ({ $kind ->
    [answers] { $voices ->
        [one] one answer
       *[other] { $voices } answers
     }
    [both] { $voices ->
        [one] one post or answer
       *[other] { $voices } posts and answers
     }
   *[posts] { $voices ->
        [one] one post
       *[other] { $voices } posts
     }
 })
figure-voices-short = { $independent ->
    [one] one voice
   *[other] { $independent } voices
 } ({ $kind ->
    [answers] { $voices ->
        [one] one answer
       *[other] { $voices } answers
     }
    [both] { $voices ->
        [one] one post or answer
       *[other] { $voices } posts and answers
     }
   *[posts] { $voices ->
        [one] one post
       *[other] { $voices } posts
     }
 })
view-official = Officials
view-community = Residents
both-views = Officials: { $official }. Residents: { $community }.
gap-community-higher = Residents rate it higher than officials do.
gap-community-lower = Residents rate it lower than officials do.
gap-explain = What could explain it?
money-a-day = { $money } a week
up-to = up to { $value }
price-of-ceiling = { $price } of at most { $ceiling } a week
price-over = above the limit
price-unknown = No price is known
chart-numbers = The numbers
map-exactness = Places are only as exact as the locality: a home is drawn at the middle of its locality.
map-outlines = Outlines: Natural Earth.
value-yes = yes
value-no = no
value-unknown = not known

## Why
why-ask = Why?
why-open = How this number came about
why-title = { $home }. { $aspect }: why it is what it is
why-went-in = What went in ({ $total } in all)
why-left-out = What counted less or not at all, and why
why-nothing = Nothing was said about this, so there is nothing to show. The first voice will change that.
why-whole = All { $total }, on a page of its own
method-ratings = What residents say, with strict and mild voices brought onto one scale, and copies counted once.
method-survey = What residents answered when they were asked, with the number asked taken into account.
method-combine = What posts and surveys say, put together; each counts as much as it is sure.
method-disagreement = The distance between what residents and officials say.
method-change = A comparison of the time before with the time after.
method-official_rating = What officials published, drawn towards comparable homes as it grows older or as penalties follow it.
method-self_report = What a home reports about itself, set beside what was measured, with the usual distance between both taken off.
method-trend = A straight line through what was said in two years, drawn towards how comparable homes move.
method-official_change = A change of official stars that held, compared with how often such changes go back.
method-disagreement_signal = Residents and officials say clearly different things, with the share of false findings held low.
method-coordination_signal = Posts that copy one another or come in a burst count as few voices.
method-filled_in_signal = Rows that share the same values more often than chance allows.
method-placement = How well a home meets what counts, with doubt counted against it.
method-coverage = Of how many homes at least one independent voice speaks.
method-figure-prior_mean = Mean of comparable homes
method-figure-left_out = Left out
method-figure-voices = Voices
method-figure-independent_voices = Independent voices
method-figure-comparable_mean = Mean of comparable homes
method-figure-comparable_share = Share of comparable homes in the result
method-figure-half_life_days = Days after which a voice counts half
method-figure-rounds = Rounds of computing
method-figure-plain_mean = Plain mean of what was said
method-figure-voices_after_discounts = Voices after copies and age are taken off
method-figure-levelling_of_severities = What bringing strict and mild voices together changed
method-figure-mean_of_answers = Mean of the answers
method-figure-asked_as_told = Asked, as the source tells
method-figure-asked_read_from_percents = Asked, read from the percentages
method-figure-asked_guessed_from_size = Asked, guessed from the size of the home
method-figure-years_old = Age in years
method-figure-years_since_sanction = Years since the last penalty
method-figure-self_report_bias = By how much homes report too much
method-figure-least_gap = Smallest distance that is called one
method-figure-level = How sure the interval is
method-figure-stars_before = Stars before
method-figure-stars_since = Stars since
method-figure-quarters_held = Quarters it held
method-figure-earlier_jumps = Earlier changes
method-figure-counts_as = Counts as so many voices
method-figure-false_discovery = Share of findings that may be false
method-figure-mean_before = Mean before
method-figure-mean_since = Mean since
method-figure-voices_before = Voices before
method-figure-voices_since = Voices since
method-figure-strength = Strength of the change
method-figure-slope_of_voices = Points a year, by the voices alone
method-figure-cautious_worth = Worth when doubt is counted against it
method-figure-caution_takes = What doubt takes away
method-figure-quantile = How cautious
method-figure-standard_deviation = Spread
method-figure-criteria_unknown = Things that are not known
method-figure-entities = Homes
method-figure-entities_with_a_voice = Homes of which somebody speaks
method-figure-voices_needed = Voices needed
method-figure-share-of = Share of “{ $source }”
method-figure-value-of = What “{ $source }” says, its usual difference to the first source taken off
contribution-post = Post
contribution-comparable_entities = Comparable homes
contribution-voice = Post
contribution-survey_answer = Answers to one question
contribution-official_rating = Official rating
contribution-sanction = Penalty
contribution-measured = Measured
contribution-self_reported = Reported by the home
contribution-community = What residents say
contribution-official = What officials say
contribution-voice_since = Post since then
contribution-stars_before = Stars before
contribution-stars_since = Stars since
contribution-row = Row
contribution-overall = Overall
contribution-staffing = Staffing
contribution-compliance = Compliance
contribution-quality = Quality
contribution-distance = Distance
contribution-price = Price
contribution-trend = How it is developing
discounted-older_than_sanction = A penalty came after it
discounted-self_report_bias = Homes usually report too much about themselves
discounted-counted_as_one = All of them count as few voices
discounted-filled_in = Many rows share these values
discounted-nothing_known = Nothing is known of it
discounted-copy_of_another = A copy of another post
discounted-burst = One of many within a short time
discounted-acting_together = Accounts that speak of the same things at the same time, again and again
discounted-same_person_again = The same person again
discounted-told_by_another_aspect = shown under another aspect

## Forms, lists
form-error = Error:
form-errors = There is a problem
filters-label = Narrow the list
filters-apply = Apply
filters-clear = Clear filters
filter-all = All
pager-label = Pages
pager-summary = { $first } to { $last } of { $total }
pager-none = None
pager-previous = Previous
pager-next = Next
timeline-empty = Nothing has happened yet.
timeline-withdrawn = withdrawn
evidence-read-from = Read from
evidence-version = version { $version }
column-account = Account
column-alone = Only this limit excludes
column-because = Because
column-best = Chance to be the best
column-by = By
column-cause = Cause
column-changed = Changed
column-choose = Choose
column-column = Column
column-community = Residents say
column-count = Rows
column-dataset = Dataset
column-distance = Distance
column-do = Do
column-due = Needed by
column-effect = What it did
column-excludes = Homes excluded
column-filled = Filled
column-found = Found
column-free = Free places
column-hint = What would mend it
column-home = Home
column-kind = Kind
column-licence = Licence
column-limit = Limit
column-limit-value = Set to
column-meaning = Meaning
column-needs = Needs
column-next = Next step
column-official = Officials say
column-owner = Whose
column-ownership = Run by
column-person = Person
column-place = Where
column-price = Price a week
column-problems = Problems
column-received = Received
column-relax = If it were looser
column-role = Role
column-rows = Rows
column-said = Said
column-seen = Last here
column-signal = Signal
column-since = Since
column-size = How big
column-source = Source
column-state = State
column-target = On
column-trend = Trend
column-version = Version
column-weight = Weight
column-what = What
column-when = When
fault-missing = Write something here
fault-number = Write a number, such as 310
fault-date = Write a day, such as 2026-12-01
fault-place = Write a locality that exists, such as Jannali NSW
fault-choice = Choose one of these
fault-reason = Write a reason, so that others can understand it later
fault-list = Choose a CSV file with the columns person, care, place, due, ceiling and distance
fault-list-rows = Nothing was opened: some rows do not fit. They are named below the question; mend them and send the list again
fault-password = This is not your password
fault-password-short = Use at least 12 characters
fault-sign-in = Account and password do not fit together
fault-taken = There is an account of this name already
fault-too-long = This is too long
field-q = Search
field-state = State
field-region = State or region
field-ownership = Run by
field-heard = Heard from residents
field-kind = Kind
field-owner = Whose
field-source = Source
field-cause = Cause
field-outside = Outside evidence
field-account = Account
field-password = Password
field-password_now = Your password now
field-password_new = Your new password
field-password_new-hint = At least 12 characters. Several words are easier to remember than signs.
field-role = Role
field-from = From
field-to = Until
field-until = Valid until
field-until-hint = At most a year from today. Empty: a year.
field-person = Who needs a place?
field-person-hint = The name, or the number your office uses.
field-care = What kind of care?
field-place = Where does the person live?
field-place-hint = Locality and state, such as Jannali NSW. Distances are counted from its middle.
field-due = By when is a place needed?
field-ceiling = How much may it cost a week?
field-distance = How far away may it be?
field-wishes = What does the person wish?
field-list = List of cases (CSV)
field-list-hint = One row a case, with the columns person, care, place, due, ceiling and distance.
field-note = Note
field-objection = What does the person object to?
field-decision_reason = Why this home?
field-decision_reason-hint = Needed where you choose another home than the first one. It stands in the record, not in the letter.
field-weights_reason = Why other weights?
field-weights_reason-hint = Needed where a weight differs from the table. It stays with the case.
field-weight_official = What officials say
field-weight_community = What residents say
field-weight_price = Price
field-weight_distance = Distance
field-signal_reason = Why is it of no matter?
field-outcome = What became of it?
field-token_name = What is the token for?
field-scopes = What may it do?

## First page
first-title = What came in, and what it changed
first-waiting = What waits for you
first-waiting-none = Nothing waits for you.
first-waiting-cases = { $count ->
    [one] case of yours
   *[other] cases of yours
 }
first-waiting-free_cases = { $count ->
    [one] case that is nobody's yet
   *[other] cases that are nobody's yet
 }
first-waiting-objections = { $count ->
    [one] objection to answer
   *[other] objections to answer
 }
first-waiting-pairs = { $count ->
    [one] pair to judge
   *[other] pairs to judge
 }
first-waiting-signals = { $count ->
    [one] open signal
   *[other] open signals
 }
first-waiting-problems = { $count ->
    [one] row that did not fit
   *[other] rows that did not fit
 }
first-outside = How far outside evidence counted
first-outside-none = No case has been opened yet. Once there are some, this shows how many used outside evidence, and how often it changed the choice.
first-outside-cases = Cases that used outside evidence
first-outside-decisions = Decisions that rest on it
first-outside-changed = Decisions it changed
first-outside-of = { $part } of { $whole }
first-outside-changed-of = of { $whole } that rest on it; without it another home would have come first
first-flow = What flows through
first-flow-sources = { $count ->
    [one] source
   *[other] sources
 }
first-flow-rows = { $count ->
    [one] row
   *[other] rows
 }
first-flow-homes = { $count ->
    [one] home
   *[other] homes
 }
first-flow-assessed = { $count ->
    [one] assessed figure
   *[other] assessed figures
 }
first-flow-decisions = { $count ->
    [one] decision
   *[other] decisions
 }
first-flow-releases = { $count ->
    [one] published dataset
   *[other] published datasets
 }
first-came-in = What came in
first-came-in-none = Nothing came in lately.
first-came-in-sources = See the sources
first-changed = What it changed
first-changed-none = Nothing changed.
first-changed-homes_assessed = { $count ->
    [one] One home was assessed anew
   *[other] { $count } homes were assessed anew
 }
first-changed-signals = { $count ->
    [one] One new signal
   *[other] { $count } new signals
 }
first-changed-pairs_linked = { $count ->
    [one] One mention was linked to a home
   *[other] { $count } mentions were linked to homes
 }
first-changed-cases_to_review = { $count ->
    [one] One case got a task to look again
   *[other] { $count } cases got a task to look again
 }
first-changed-ratings_changed = { $count ->
    [one] One official rating changed
   *[other] { $count } official ratings changed
 }

## Worklist
worklist-title = Worklist
worklist-new = Take in a new case
worklist-none = There are no cases yet.
worklist-none-filtered = No case fits these filters.
worklist-choose = Choose the case of { $person }
worklist-no-date = no date
worklist-days-left = { $days ->
    [0] today
    [one] one day left
   *[other] { $days } days left
 }
worklist-days-over = { $days ->
    [one] one day late
   *[other] { $days } days late
 }
worklist-free = nobody's yet
worklist-claim = Take the chosen cases
worklist-release = Give the chosen cases back
worklist-reason-overdue = late
worklist-reason-due_soon = due soon
worklist-reason-signal = new signal
worklist-reason-objection = objection
worklist-reason-waiting = waiting
case-state-active = In progress
case-state-completed = Decided
case-state-terminated = Ended without a decision

## Case
case-title = Place for { $person }
case-back = Worklist
case-owned = worked on by { $owner }
case-next = Next step
case-needs = What is needed
case-care = Kind of care
case-place = Lives in
case-due = Needed by
case-ceiling = Price limit
case-distance = Distance
case-wishes = Wishes
case-wishes-none = None were named.
case-plan = Plan
case-plan-none = The plan has no steps.
case-evidence = Evidence
case-evidence-none = No evidence is attached yet. It is attached when a home is chosen.
case-timeline = What happened
case-people = Who can see this case
case-people-audit = Each look at this page is written down.
case-decided = What was decided
case-decided-reason = Reason for leaving the order:
case-letter = The letter
case-replay = Work the decision out again from its record
case-note = Add a note
case-note-save = Save the note
case-objection = The person objects
case-objection-effect = The case opens again, and a task to answer the objection is put on the worklist. The decision stays in force until then.
case-objection-save = Record the objection
next-step-claim = Take this case
next-step-choose_home = See the homes that fit
next-step-decide = Decide
next-step-send_letter = Open the letter
next-step-answer_objection = Answer the objection
next-step-review_evidence = Look at what changed
next-why-claim = Nobody works on this case yet.
next-why-choose_home = The needs are known. Now a home has to be chosen.
next-why-decide = A home has been looked at. Now it has to be decided.
next-why-send_letter = It is decided. The person has to be told.
next-why-answer_objection = The person objects to the decision.
next-why-review_evidence = What is known about the home has changed since it was chosen.
next-why-none = Nothing more is to be done.
plan-kind-stage = part
plan-kind-task = task
plan-kind-milestone = milestone
plan-state-available = Later
plan-state-enabled = Possible
plan-state-active = To do
plan-state-completed = Done
plan-state-terminated = Left out
care-permanent = Permanent care
care-respite = Care for some weeks
care-dementia = Care with dementia
wish-government = Run by government
wish-not_for_profit = Run by a charity or association
wish-for_profit = Run by a company
wish-small = A small home
wish-near_family = Near the family
case-new-title = A new case
case-new-intro = Only what is needed to find a home. All answers can be changed later.
case-new-open = Open the case
case-new-list = Several cases at once
case-new-list-intro = If a row does not fit, it is named with its line, and nothing is opened until all fit.
case-new-list-open = Open the cases

## Candidates
candidates-title = Homes that fit
candidates-left = { $left ->
    [one] One home of { $total } fits.
   *[other] { $left } homes of { $total } fit.
 }
candidates-sure = { $home } is the best of them with a chance of { $share }: the order is quite sure.
candidates-likely = { $home } is the best of them with a chance of { $share }: likely, not sure.
candidates-close = { $home } comes first with a chance of { $share } only: several are about as good.
candidates-without = Without what residents say, another home would come first:
candidates-rank = Place { $rank }
candidates-bars = What officials and residents say of { $home }, from 1 to 5
candidates-choose = Choose this home
candidates-choose-short = Choose
candidates-none = No home fits all limits
candidates-none-help = Below you see how many homes each limit excludes, and what a looser one would bring.
candidates-limits = The limits, and what they exclude
candidates-relax = { $value }: { $count ->
    [one] one more home
   *[other] { $count } more homes
 }
candidates-relax-none = brings nothing
candidates-all = All homes that fit
candidates-compare = Compare the chosen homes
candidates-compare-many = Up to four homes can be compared; the first four are shown.
candidates-compare-one = Compare { $home }
candidates-compare-pick = Compare
candidates-compared = Side by side
candidates-weights = What counts how much
candidates-weights-from = From 0 (not at all) to 5 (most). The office's table says what is usual: { $table }.
candidates-weights-differ = These weights differ from the table, because:
candidates-table-says = The table says { $value }.
candidates-rerank = Order anew
limit-care = Kind of care
limit-free_place = Free place
limit-price = Price
limit-distance = Distance
limit-wishes = Wishes
limit-ownership = Run by
ownership-government = government
ownership-not_for_profit = a charity or association
ownership-for_profit = a company
ownership-unknown = not known
size-small = small
size-medium = medium
size-large = large
size-unknown = not known
trend-rising = getting better
trend-falling = getting worse
trend-steady = steady
trend-unknown = not enough is known

## Decision
decision-title = Decide for { $home }
decision-follows = This home comes first in the order.
decision-departs = Another home comes first in the order: { $home }. Say why you choose this one.
decision-community-changed = What residents say changed the order: without it, { $home } would come first.
decision-community-same = What residents say did not change which home comes first.
decision-evidence = What it rests on
decision-evidence-pinned = Kept exactly as it is now, whatever changes later.
decision-evidence-none = It rests on no outside evidence.
decision-would-change = What would change it
decision-would-change-none = No single piece of evidence would put another home first.
decision-effect = What happens now
decision-effect-record = The decision is recorded with all it rests on.
decision-effect-letter = A letter to the person is made.
decision-effect-undo = It can be objected to; it is never erased.
decision-confirm = Decide for { $home }
decision-back = Back to the homes

## Letter
letter-title = Your place in a care home
letter-print = This page prints as a letter.
letter-large = Large print
letter-normal = Normal print
letter-reference = Our reference: { $reference }
letter-simulated = This letter is a demonstration. Person, price and free places are simulated.
letter-dear = Dear { $person },
letter-decided = We have chosen a care home for you:
letter-why = Why this home
letter-outside = What others say about it
letter-outside-intro = We also used information that does not come from us:
letter-outside-none = We used no information from outside our office.
letter-outside-said = { $what }: { $figure }.
letter-sources = This comes from:
letter-licence = Licence: { $licence }.
letter-object = If you do not agree
letter-object-how = You can object until { $date }. Write to { $contact }, or tell us in person. You need not give a reason.
letter-object-then = Then a person looks at your case again. Until then nothing changes for you.
letter-person-decided = A person made this decision. A computer put the homes in order; it did not decide.
letter-greeting = Kind regards

## Homes
homes-title = Homes
homes-intro = What officials publish and what residents say, side by side.
homes-none = No home fits these filters.
homes-unheard = { $count ->
    [one] Of one home nobody speaks
   *[other] Of { $count } homes nobody speaks
 }
coverage-title = About which homes and regions nobody speaks
coverage-intro = Silence is neither good nor bad. It shows where it would be worth asking.
coverage-whole = Homes of which at least one voice is heard:
coverage-regions = By region
coverage-owners = By who runs them
column-homes = Homes
column-share-heard = With a voice
column-of-which = Where or whose
column-silent = Nobody speaks
heard-yes = Enough is said
heard-no = Not enough is said
heard-silent = Nobody speaks
home-provider = Company or body
home-size = Size
home-said = What is said of it
home-said-none = Neither officials nor residents have said anything yet.
home-no-official = Officials do not rate this
home-no-community = Nobody has spoken about this
home-facts = What officials have on record
home-facts-none = Nothing is on record.
home-changed = What changed
home-changed-none = There is no history yet.
home-chart-title = { $home }, from 1 to 5 over time
home-chart-description = Steps for officials, a line for residents, each with the band in which the truth probably lies. The numbers stand below.
home-voices = What people wrote
home-voices-none = Nobody has written about this home.
home-voices-count = { $independent ->
    [one] One independent voice
   *[other] { $independent } independent voices
 } in { $posts ->
    [one] one post
   *[other] { $posts } posts
 }. Posts that are copies, or that came in a burst, count as one voice.
home-voices-more = More voices
home-where = Where it is
home-timeline = What happened in our data
home-records = Records of this home
voice-one-of = { $count ->
    [one] One post
   *[other] { $count } posts that count as one voice.
 }
voice-because-copy = They say the same in nearly the same words.
voice-because-burst = They came within a short time, far more than usual.
voice-because-same_account = One account wrote them.
voice-weight = Counts for { $share } of what residents say.
voice-cut = Shown: { $shown } of { $total }.
aspect-overall = Overall
aspect-community = What residents say
aspect-trend = How what residents say is moving
aspect-food = Food
aspect-safety = Safety
aspect-operation = How it is run
aspect-care_need = Care when needed
aspect-competent = Skilled staff
aspect-independent = Being independent
aspect-explain = Explaining things
aspect-respect = Respect
aspect-follow_up = Following up
aspect-caring = Kind staff
aspect-voice = Being heard
aspect-home = Feeling at home
aspect-staff = Staff
aspect-care = Care
aspect-staffing = Staffing
aspect-quality = Quality measures
aspect-quality_measures = Quality measures
aspect-compliance = Keeping the rules
aspect-residents = Residents' experience
aspect-residents_experience = Residents' experience
aspect-penalties = Penalties

## Sources
sources-title = Sources
sources-intro = Where our data come from, and how the last reading went.
sources-none = No source is set up. A source is one file in the folder sources of the office.
source-state-fine = fine
source-state-problems = some rows did not fit
source-state-failed = failed
source-state-never = not read yet
source-state-unchanged = nothing new
source-never = never
source-address = Address
source-connector = Read as
source-schedule = Read
source-intake = What comes in
source-dataset = Fills
source-problems = { $count ->
    [0] none
    [one] one row did not fit
   *[other] { $count } rows did not fit
 }
source-proved = How far it proved right
source-proved-none = Nothing can be told yet. It takes decisions whose outcome is known.
source-decisions = { $count ->
    [0] No decision rests on it.
    [one] One decision rests on it.
   *[other] { $count } decisions rest on it.
 }
source-jobs = Work on it
job-state-queued = waiting
job-state-running = at work
job-state-done = done
job-state-failed = failed
job-state-cancelled = cancelled
job-look = Read it
job-replay = Read again what was received
job-progress = { $done } of { $total }
job-again = It is tried again at { $at }.
job-cancel = Cancel
job-look-again = Look again how far it is
source-runs = When it was read
source-runs-none = It has not been read yet.
source-kept = What was received is kept.
source-mend = Correct and read again
source-mend-help = Change the file of the mapping, then read what was received once more. Rows that fit now come in; nothing comes in twice.
source-read-now = Read it now
source-replay = Read again what was received
source-timeline = What happened

## Review
review-title = Are these two the same?
review-left = { $left ->
    [0] None left to judge.
    [one] One pair left to judge.
   *[other] { $left } pairs left to judge.
 } { $done ->
    [0] {""}
    [one] You judged one today.
   *[other] You judged { $done } today.
 }
review-agreement = Reviewers agree in { $share } of the pairs they judged twice.
review-agreement-none = Too few pairs were judged twice to tell how far reviewers agree.
review-last = Last judged: { $last }
review-undo = Undo
review-none = No pair waits. New ones come when something is read that could mean two homes.
review-machine = Reckoned by program: same with a chance of { $share }.
review-question = What both say
review-missing = nothing
review-effect = Your answer counts at once for all that follows from it, and can be withdrawn.
review-same = Same (s)
review-different = Different (d)
review-unsure = Unsure (u)
review-speaks = Speaks
review-speaks-strongly-for = strongly for the same
review-speaks-for = for the same
review-speaks-neither = neither for nor against
review-speaks-against = against
review-speaks-strongly-against = strongly against
grade-exact = alike
grade-close = nearly alike
grade-different = different
grade-missing = not known
grade-prior = one home among many
grade-misspelt = alike but for a slip
grade-only_its_place = only its place is named
grade-only_its_kind = only its kind is named
grade-context = from the posts around it
grade-in_name = part of the name
grade-elsewhere = another place is named
grade-gaps = words apart
grade-together = right beside each other
grade-in_text = named in the text
grade-instead_of_name = stands for the name
compared-name = Name
compared-locality = Locality
compared-suburb = Suburb
compared-provider = Company or body
compared-state = State
compared-size = Size
compared-word = Word of the name
compared-prior = Before any word was looked at
compared-order = Words together
compared-place = Place
compared-region = State or region
compared-content = Text
compared-title = Title
compared-published = Said on
compared-country = Country
compared-other_names = Other names
compared-ownership = Run by
compared-author = Written by
compared-language = Language

## Signals
signals-title = Signals
signals-intro = What is out of line. Somebody should own it.
signals-feed = As a feed
signals-none = No signal fits these filters.
signal-title = { $kind }: { $home }
signal-noticed = Noticed
signal-chance = Chance that it is nothing
signal-do = What to do with it
signal-effect = { $count ->
    [0] No running case was decided for this home without knowing of it.
    [one] One running case was decided for this home. It will get a task to look again.
   *[other] { $count } running cases were decided for this home. They will each get a task to look again.
 }
signal-told = { $count ->
    [one] One case knows of it already.
   *[other] { $count } cases know of it already.
 }
signal-listed = { $count ->
    [one] Only the first of them is listed.
   *[other] Only the first { $count } of them are listed.
 }
signal-others = The others are in the worklist.
signal-take = Take it
signal-tasks = { $count ->
    [one] Put a task on one case
   *[other] Put a task on { $count } cases
 }
signal-dismiss = It is of no matter
signal-dismiss-save = Dismiss the signal
signal-settle = It is settled
signal-settle-save = Settle the signal
signal-earlier = Earlier ones
signal-earlier-none = There were none.
signal-state-open = open
signal-state-taken = taken
signal-state-dismissed = of no matter
signal-state-settled = settled
signal-kind-community_fell = Residents are less content
signal-kind-community_rose = Residents are more content
signal-kind-official_changed = Official rating changed
signal-kind-disagreement = Residents and officials disagree
signal-kind-coordination = Many posts, few voices
signal-kind-filled_in = Values that look filled in
signal-means-community_fell = What residents say fell by more than chance explains.
signal-means-community_rose = What residents say rose by more than chance explains.
signal-means-official_changed = The official rating is another one than before.
signal-means-disagreement = What residents say and what officials publish lie further apart than both are unsure.
signal-means-coordination = Posts repeat each other or came in a burst. They count as few voices.
signal-means-filled_in = The same values stand in many rows. They look filled in, not measured.

## Data
datasets-title = Data
datasets-intro = What we hold and others may use. Cases and persons are never published.
datasets-catalog = The catalogue for programs
datasets-none = There are no data yet. They come from the sources.
dataset-older = You see version { $version }.
dataset-newest = The newest is version { $version }
dataset-from = Comes from
dataset-used-in = Used in
dataset-used-in-none = nothing yet
dataset-take = Take it along
dataset-rows = Rows
dataset-rows-none = No row fits.
dataset-columns = Columns
dataset-versions = Versions
column-type-text = text
column-type-integer = whole number
column-type-number = number
column-type-flag = yes or no
column-type-date = day
column-type-timestamp = moment
row-title = One row of { $dataset }
row-open = Open the row
row-from = Where it comes from
row-recorded = Came in
row-received = As received
row-received-open = The bytes as they came
row-about = Speaks about
row-about-none = no home that we know

## Problems
problems-title = Rows that did not fit
problems-intro = Nothing is lost: what was received is kept, and comes in when the cause is mended.
problems-none = All rows fit.
problems-causes = By cause
problems-rows = The rows
problems-choose = Choose a cause to see its rows.
severity-note = The row came in; somebody should look.
severity-value_left_out = The row came in without this value.
severity-row_left_out = The row did not come in.
severity-file_left_out = The file could not be read.
place-line = line { $line }
place-record = row { $record }
place-column = column { $column }
cause-not_a_number = Not a number
cause-not_a_date = Not a day
cause-missing_key = The key is missing
cause-duplicate_key = The same key twice
cause-missing_column = A column is missing
cause-bad_encoding = Letters that cannot be read
cause-unreadable = Cannot be read

## Accounts, audit, signing in
accounts-title = Accounts
accounts-new = A new account
accounts-new-save = Make the account
account-closed = closed
account-never-seen = never
account-open = Open { $name } again
account-close = Close { $name }
account-role-ask = Another role for { $name }
account-role-save = Change the role of { $name }
account-role-effect = Whoever is signed in with it has to sign in again.
account-fixed-own = This is you. Another administrator can change it.
account-fixed-last = The last administrator stays.
account-title = Your account
account-password = Another password
account-password-save = Change the password
tokens = Tokens for programs
tokens-intro = A program that carries a token may do what you may, and no more than you allow here.
tokens-none = You have no tokens.
token-new = Your new token. It is shown only this once:
token-until = Valid until { $date }.
token-always = Valid without an end.
token-used = Last used { $date }.
token-unused = Never used.
token-withdraw = Withdraw { $name }
token-make = Make a token
role-administrator = Administrator
role-steward = Data steward
role-analyst = Analyst
role-reviewer = Reviewer
role-case_manager = Case manager
role-none = No task
permission-read_open = See homes, sources and data
permission-work_signals = Work on signals
permission-work_sources = Work on sources and problems
permission-judge = Judge pairs
permission-read_cases = See cases
permission-work_cases = Work on cases
permission-manage_accounts = Manage accounts
permission-read_audit = See the audit
audit-title = Audit
audit-intro = Who looked at which person's data, and who did what.
audit-none = Nothing fits these filters.
audit-action-read = looked at
audit-action-changed = changed
audit-action-refused = was refused
audit-action-told = told of a signal
audit-kind-case = case
audit-kind-worklist = worklist
audit-kind-page = page
audit-kind-audit = audit
audit-kind-account = account
audit-kind-accounts = accounts
sign-in-title = Sign in
sign-in-demo = Accounts of this demonstration

## When it does not work
refusal-sign-in = Sign in first
refusal-forbidden = Your role does not allow this
refusal-forged = This form is too old
refusal-not-found = There is no such page
refusal-invalid = Something in the form is wrong
refusal-malformed = This could not be read
refusal-conflict = Somebody else was faster
refusal-against = This cannot be done as things stand
refusal-too-many = Too many tries
refusal-too-large = This is too large
refusal-too-slow = This came in too slowly
refusal-busy = Too much is going on right now
refusal-method = This address is not for that
refusal-internal = Something failed here
refusal-do-sign-in = Then you come back to this page.
refusal-do-forbidden = Ask whoever manages the accounts of your office. Nothing was changed.
refusal-do-forged = Go back, open the page again and send it once more. Nothing was changed.
refusal-do-not-found = Check the address. The thing may have been withdrawn, or you may not know of it.
refusal-do-invalid = Go back and change what is marked. Nothing was changed.
refusal-do-malformed = Go back, write it again by hand and send it once more. Nothing was changed.
refusal-do-conflict = Open the page again to see how things stand now. What you wrote was not saved.
refusal-do-against = Nothing was changed.
refusal-do-too-many = Wait a minute, then try again.
refusal-do-too-large = Send a smaller file, or cut it into several.
refusal-do-too-slow = Check your connection and send it once more. Nothing was changed.
refusal-do-busy = Wait a few seconds and try again. Nothing was changed.
refusal-do-method = Go back and use the buttons of the page. Nothing was changed.
refusal-do-internal = It is not your fault, and it was written down. What was saved before is kept. Try again in a minute.
refusal-reference = If you write to us, name this: { $reference }
refusal-first-page = To the first page
against-own-account = This is your own account. Another administrator has to change it.
against-last-administrator = This is the last administrator. Make another one first.

## Said by what people do
access-owner = works on the case
candidates-map-title = Where the homes are
candidates-map-description = Homes that fit, with the first three marked. The table says the same.
dataset-version-made = made by a stage
dataset-version-read = read from { $what }
done-account-closed = The account is closed.
done-account-made = The account is made.
done-account-opened = The account is open again.
done-account-role = The account has another role now.
done-case-opened = The case is open.
done-case-taken = The case is yours.
done-cases-changed = The cases are changed.
done-cases-opened = The cases are open.
done-decided = The decision is recorded. This is the letter.
done-judged = Your judgement is recorded.
done-letter-sent = The letter is noted as sent.
done-noted = The note is saved.
done-objection = The objection is recorded, and a task to answer it is open.
done-password-changed = Your password is changed.
done-replayed = Worked out again from its record alone, the decision comes out the same.
done-signal-dismissed = The signal is dismissed.
done-signal-settled = The outcome is recorded.
done-signal-tasks = The cases have a task to look again.
done-signal-tasks-none = No case had to be told: all of them know of it.
done-signal-taken = The signal is yours.
done-job-cancelled = The work is cancelled. What was done before is kept.
done-job-ended = The work had ended before.
done-source-queued = The source will be read in a moment.
done-source-waiting = The source is waiting to be read already.
done-token-withdrawn = The token is withdrawn.
done-weights = The homes are in a new order.
done-withdrawn = Your judgement is withdrawn.
fact-free-places = Free places: { $care }
fault-account-name = Use 3 to 40 small letters, digits and dashes
fault-moved-on = Something that the order rests on has changed meanwhile. Look at the homes again before you decide.
fault-token-days = Choose a day from tomorrow to a year from today
filter-any = All
flip-item = Without { $what }, { $home } would come first.
flip-source = Without the source { $source }, { $home } would come first.
home-map-title = Where { $home } is
home-map-description = In { $place }.
homes-map-title = Where these homes are
homes-map-description = Homes of the list, near ones drawn together with their count. The list says the same.
limit-dropped = dropped
list-line = Line
letter-send = The letter is sent
letter-reason-better = It is better than most others in this: { $what }.
letter-reason-similar = It is about as good as most others in this: { $what }.
letter-reason-worse = It is weaker than most others in this: { $what }. Other things counted more.
series-official-on = Officials, { $day }
source-intake-all = All rows come in; those that do not fit are listed as problems.
source-schedule-asked = when somebody asks
source-schedule-hours = every { $hours } hours
worklist-nobody = nobody
criterion-community = what residents say
criterion-overall = the official overall rating
criterion-staffing = staffing
criterion-compliance = keeping the rules
criterion-quality = measured quality
criterion-distance = distance
criterion-price = price
criterion-trend = how it is developing
field-country = Country
field-weight_overall = Official overall rating
field-weight_staffing = Staffing
field-weight_compliance = Keeping the rules
field-weight_quality = Measured quality
field-weight_trend = How it is developing
plan-event-start = To do
plan-event-complete = Done
plan-event-occur = Reached
plan-event-exit = Left out
plan-item-intake = Understand what is needed
plan-item-search = Look for a home
plan-item-decision = Decide
plan-item-follow_up = Afterwards
plan-item-check_need = Check what is needed
plan-item-choose_candidates = Look at the homes that fit
plan-item-relax_limits = Loosen the limits with the person
plan-item-decide = Decide
plan-item-send_letter = Send the letter
plan-item-review_at_six_weeks = Ask again after six weeks
plan-item-review_after_objection = Answer the objection
plan-item-look_again = Look at what changed
plan-item-placed = Placed
plan-item-letter_sent = Letter sent
plan-item-decision_made = Decision made
plan-item-objection_received = Objection received
plan-item-candidate_signalled = Something changed about a home
plan-item-placement = The case
timeline-opened = Case opened
timeline-claimed = Case taken
timeline-released = Case given back
timeline-noted = Note
timeline-weights = Other weights chosen
timeline-decided = Decided
timeline-letter_sent = Letter sent
timeline-signal = Look at the signal
timeline-signalled = Something changed about the chosen home
timeline-objected = Objection
verdict-same = the same
verdict-different = different
verdict-unsure = unsure

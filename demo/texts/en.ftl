# What the demo office says in its own words.
office-notice = Prices, free places, persons and posts are simulated.

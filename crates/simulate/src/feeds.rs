//! Posts as feeds: RSS 2.0, Atom 1.0 (RFC 4287), JSON Feed 1.1.
//!
//! Holds pure text making. Every feed says that it is simulated. It must never serve anything.

use crate::Post;
use model::Timestamp;
use serde_json::json;
use std::fmt::Write;

/// Title of every feed.
const TITLE: &str = "Simulated forum about aged care homes";
/// What every feed says of itself.
const ABOUT: &str = "Simulated posts with a fixed seed. Nobody wrote them and no account is a person.";

/// Which page of a feed is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPage<'a> {
    /// Address of the feed, without the page.
    pub address: &'a str,
    /// Number of the page, from 1.
    pub number: usize,
    /// Posts on a page.
    pub size: usize,
}

impl FeedPage<'_> {
    /// The posts of the page, of all in order of time: the newest posts first, the first page the newest.
    fn posts<'p>(&self, posts: &'p [Post]) -> impl Iterator<Item = &'p Post> + use<'p> {
        posts.iter().rev().skip(self.number.saturating_sub(1) * self.size).take(self.size)
    }

    fn link(&self, number: usize) -> String {
        let joint = if self.address.contains('?') { '&' } else { '?' };
        format!("{}{joint}page={number}", self.address)
    }

    fn next(&self, posts: &[Post]) -> Option<String> {
        (self.number * self.size < posts.len()).then(|| self.link(self.number + 1))
    }
}

/// A page of posts as RSS 2.0.
pub fn rss(posts: &[Post], page: &FeedPage) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n",
    );
    put(&mut out, format_args!("<title>{TITLE}</title>\n<link>{}</link>\n", escaped(page.address)));
    put(&mut out, format_args!("<description>{ABOUT}</description>\n<language>en-au</language>\n"));
    let myself = escaped(&page.link(page.number));
    put(&mut out, format_args!("<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{myself}\"/>\n"));
    if let Some(next) = page.next(posts) {
        put(&mut out, format_args!("<atom:link rel=\"next\" href=\"{}\"/>\n", escaped(&next)));
    }
    for post in page.posts(posts) {
        put(&mut out, format_args!("<item>\n<title>{}</title>\n", escaped(&title(post))));
        put(&mut out, format_args!("<link>{}</link>\n", escaped(&post.link)));
        put(&mut out, format_args!("<guid isPermaLink=\"false\">{}</guid>\n", escaped(&post.id)));
        put(&mut out, format_args!("<dc:creator>{}</dc:creator>\n", escaped(&post.account)));
        put(&mut out, format_args!("<pubDate>{}</pubDate>\n", mail_date(post.at)));
        put(&mut out, format_args!("<description>{}</description>\n</item>\n", escaped(&escaped(&post.text))));
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

/// A page of posts as Atom 1.0.
pub fn atom(posts: &[Post], page: &FeedPage) -> String {
    let newest = posts.last().map_or(Timestamp::UNIX_EPOCH, |post| post.at);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en-AU\">\n",
    );
    put(&mut out, format_args!("<title>{TITLE}</title>\n<subtitle>{ABOUT}</subtitle>\n"));
    put(&mut out, format_args!("<id>{}</id>\n<updated>{newest}</updated>\n", escaped(page.address)));
    put(&mut out, format_args!("<link rel=\"self\" href=\"{}\"/>\n", escaped(&page.link(page.number))));
    if let Some(next) = page.next(posts) {
        put(&mut out, format_args!("<link rel=\"next\" href=\"{}\"/>\n", escaped(&next)));
    }
    for post in page.posts(posts) {
        put(&mut out, format_args!("<entry>\n<title>{}</title>\n", escaped(&title(post))));
        put(&mut out, format_args!("<id>{link}</id>\n<link href=\"{link}\"/>\n", link = escaped(&post.link)));
        put(&mut out, format_args!("<author><name>{}</name></author>\n", escaped(&post.account)));
        put(&mut out, format_args!("<published>{at}</published>\n<updated>{at}</updated>\n", at = post.at));
        put(&mut out, format_args!("<content type=\"text\">{}</content>\n</entry>\n", escaped(&post.text)));
    }
    out.push_str("</feed>\n");
    out
}

/// A page of posts as JSON Feed 1.1.
pub fn json_feed(posts: &[Post], page: &FeedPage) -> String {
    let items: Vec<serde_json::Value> = page
        .posts(posts)
        .map(|post| {
            json!({
                "id": post.id,
                "url": post.link,
                "title": title(post),
                "content_text": post.text,
                "date_published": post.at.to_string(),
                "authors": [{ "name": post.account }],
            })
        })
        .collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "description": ABOUT,
        "language": "en-AU",
        "feed_url": page.link(page.number),
        "items": items,
    });
    if let Some(next) = page.next(posts) {
        feed["next_url"] = next.into();
    }
    feed.to_string()
}

/// `4/5: title`, where stars were given.
fn title(post: &Post) -> String {
    match (post.rating, post.title.is_empty()) {
        (None, _) => post.title.clone(),
        (Some(stars), true) => format!("{stars}/5"),
        (Some(stars), false) => format!("{stars}/5: {}", post.title),
    }
}

/// Date and time as RFC 822 wants it, with four digits of the year.
fn mail_date(at: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let date = model::time::date_of(at);
    // 1970-01-01 was a Thursday.
    let weekday = (model::time::days_since_epoch(date) + 3).rem_euclid(7) as usize;
    let second = at.as_second().rem_euclid(86_400);
    format!(
        "{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
        DAYS[weekday],
        date.day(),
        MONTHS[(date.month() - 1) as usize],
        date.year(),
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

fn put(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("writing to a string does not fail");
}

/// Text for XML 1.0: the five characters escaped, those that XML cannot hold left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter < ' ' && !matches!(letter, '\t' | '\n' | '\r') => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(title: &str, text: &str) -> Post {
        Post {
            id: "sim-1".to_owned(),
            at: Timestamp::from_second(1_740_700_805).expect("a valid moment"),
            account: "calm_kettle_1".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            rating: Some(4),
            link: "https://forum.simulated.invalid/posts/sim-1".to_owned(),
        }
    }

    #[test]
    fn feeds_escape_and_page() {
        let posts = vec![post("Tom & Jerry's <b>", "a < b\u{1}"), post("", "")];
        let page = FeedPage { address: "http://127.0.0.1:1/rss", number: 1, size: 1 };
        let first = rss(&posts, &page);
        assert!(first.contains("<title>4/5</title>") && first.contains("rss?page=2"), "{first}");
        assert!(first.contains("<pubDate>Fri, 28 Feb 2025 00:00:05 +0000</pubDate>"), "{first}");
        let second = rss(&posts, &FeedPage { number: 2, ..page });
        assert!(second.contains("4/5: Tom &amp; Jerry&apos;s &lt;b&gt;"), "{second}");
        // The description of RSS is HTML: what was written as text is escaped twice.
        assert!(second.contains("a &amp;lt; b</description>") && !second.contains("rel=\"next\""), "{second}");
        let plain = atom(&posts, &FeedPage { number: 2, ..page });
        assert!(plain.contains(">a &lt; b</content>"), "{plain}");
        let json: serde_json::Value = serde_json::from_str(&json_feed(&posts, &page)).expect("valid JSON");
        assert_eq!(json["next_url"], "http://127.0.0.1:1/rss?page=2");
    }
}

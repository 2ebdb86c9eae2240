//! From one page of a feed to the next older one. Must never fetch it.

use url::Url;

/// Letters of an address at most.
const MAX_LINK: usize = 2_000;

/// Address of the older page that a page of a feed leads to: `rel="next"` or `prev-archive` (RFC 5005), `next_url` (JSON Feed 1.1).
/// `None` where it is the last one, or where the page cannot be read.
pub fn older_page(page: &[u8], address: &str) -> Option<String> {
    let named = if page.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        let page: serde_json::Value = serde_json::from_slice(page).ok()?;
        page.get("next_url")?.as_str()?.to_owned()
    } else {
        super::feed::refuse_hostile(page).ok()?;
        let feed = feed_rs::parser::parse(page).ok()?;
        let older = |rel: Option<&str>| matches!(rel, Some("next" | "prev-archive"));
        feed.links.into_iter().find(|link| older(link.rel.as_deref()))?.href
    };
    if named.len() > MAX_LINK {
        return None;
    }
    Url::parse(address).ok()?.join(&named).ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_kinds_lead_on_and_the_last_page_does_not() {
        let atom = br#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>u:1</id>
            <updated>2025-01-01T00:00:00Z</updated><link rel="next" href="posts-2.atom"/></feed>"#;
        let rss = br#"<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>
            <link>http://h/</link><description>d</description><atom:link rel="next" href="http://h/posts-2.rss"/></channel></rss>"#;
        let json = br#"{"version": "https://jsonfeed.org/version/1.1", "title": "t", "next_url": "/posts-2.json", "items": []}"#;
        assert_eq!(older_page(atom, "http://h/feeds/posts.atom").as_deref(), Some("http://h/feeds/posts-2.atom"));
        assert_eq!(older_page(rss, "http://h/posts.rss").as_deref(), Some("http://h/posts-2.rss"));
        assert_eq!(older_page(json, "http://h/posts.json").as_deref(), Some("http://h/posts-2.json"));
        let last = br#"{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": []}"#;
        assert_eq!(older_page(last, "http://h/posts.json"), None);
        assert_eq!(older_page(b"<broken", "http://h/"), None);
    }
}

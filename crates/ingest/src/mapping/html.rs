//! The readable text of a piece of HTML. For reading only: what comes out is still text from outside, to be escaped when shown.

const NAMED: [(&str, char); 7] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}'), ("euro", '€')];

/// Elements that stand apart from what is before and after them.
const APART: [&str; 12] = ["p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "tr", "td", "blockquote"];

/// Text without elements, comments, scripts and styles; with the characters that references name.
pub(super) fn text_of(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('&') { reference(rest, &mut out) } else { element(rest, &mut out) };
    }
    out.push_str(rest);
    let words: Vec<&str> = out.split_whitespace().collect();
    words.join(" ")
}

/// Takes `&amp;`, `&#233;` or `&#xe9;`; anything else is a plain `&`.
fn reference<'t>(text: &'t str, out: &mut String) -> &'t str {
    let end = text.bytes().take(12).position(|byte| byte == b';');
    let named = end.and_then(|end| {
        let name = &text[1..end];
        let code = match name.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => digits.parse().ok(),
            },
            None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, letter)| u32::from(*letter)),
        };
        Some((char::from_u32(code?)?, end))
    });
    match named {
        Some((letter, end)) => {
            out.push(letter);
            &text[end + 1..]
        }
        None => {
            out.push('&');
            &text[1..]
        }
    }
}

/// Takes an element's sign; all of a comment, script or style.
fn element<'t>(text: &'t str, out: &mut String) -> &'t str {
    let after = |end: Option<usize>, length: usize| end.map_or("", |end| &text[end + length..]);
    if text.starts_with("<!--") {
        return after(text.find("-->"), 3);
    }
    let name: String = text[1..]
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if name.is_empty() && !text[1..].starts_with(['!', '?']) {
        out.push('<');
        return &text[1..];
    }
    if APART.contains(&name.as_str()) {
        out.push(' ');
    }
    if matches!(name.as_str(), "script" | "style") && !text.starts_with("</") {
        let closes =
            |at: &usize| text.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(&name));
        let end = text.match_indices("</").map(|(at, _)| at).find(closes);
        return after(end, 2).split_once('>').map_or("", |(_, rest)| rest);
    }
    after(text.find('>'), 1)
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn only_what_people_read_stays() {
        for (html, expected) in [
            (
                "<h3>EHPAD L&#39;AMBARROISE</h3><ul> <li>Prix :  <b>3&nbsp;063&euro;</b> </li>",
                "EHPAD L'AMBARROISE Prix : 3 063€",
            ),
            ("a < b && c &unknown; d", "a < b && c &unknown; d"),
            ("<script>alert('x')</script>kind<STYLE>p {}</style> staff<!-- no -->", "kind staff"),
            ("one<br/>two<p class=\"x\">three", "one two three"),
            ("<script>never closed", ""),
            ("un<b>broken</b>", "unbroken"),
        ] {
            assert_eq!(text_of(html), expected, "{html:?}");
        }
    }
}

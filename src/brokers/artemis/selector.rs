//! Filters: the selector language of JMS, as far as the broker's own parser takes a text or refuses it.
//!
//! Source: `SelectorParser.jj` of 2.56.0. A grammar is enough: types are judged by the broker message by message.

/// What is wrong with a filter; nothing if the broker takes it.
pub(super) fn check(text: &str) -> Result<(), String> {
    let bare = PREFIXES.iter().fold(text.trim_start(), |rest, prefix| rest.strip_prefix(prefix).unwrap_or(rest));
    let tokens = tokens(bare)?;
    if let [Token::Literal(only)] = tokens.as_slice() {
        return Err(format!("`{only}` alone is no condition"));
    }
    let mut parser = Parser { tokens: &tokens, position: 0 };
    parser.or()?;
    match parser.peek() {
        None => Ok(()),
        Some(token) => Err(format!("`{}` is one too many", token.text())),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Literal(String),
    Symbol(&'static str),
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Literal(text) => text,
            Self::Symbol(symbol) => symbol,
        }
    }
}

/// They change how values are compared and how names are read.
const PREFIXES: &[&str] = &["convert_string_expressions:", "hyphenated_props:"];

const SYMBOLS: &[&str] = &["<>", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ","];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' || first == '"' {
            let length =
                quoted(rest, first).ok_or_else(|| format!("the quote before `{}` is never closed", &rest[1..]))?;
            let literal = rest[..length].to_owned();
            // Double quotes make a name of what is none otherwise.
            tokens.push(if first == '\'' { Token::Literal(literal) } else { Token::Word(literal) });
            length
        } else if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|next: char| next.is_ascii_digit()))
        {
            let length = number(rest);
            tokens.push(Token::Literal(rest[..length].to_owned()));
            length
        } else if first.is_ascii_alphabetic() || first == '_' || first == '$' {
            let is_part = |next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '$');
            let length = rest.find(|next| !is_part(next)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            tokens.push(Token::Symbol(symbol));
            symbol.len()
        } else {
            return Err(format!("`{first}` has no meaning here"));
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// A doubled quote inside is one.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut position = 1;
    loop {
        position += rest[position..].find(quote)? + 1;
        if !rest[position..].starts_with(quote) {
            return Some(position);
        }
        position += 1;
    }
}

/// Whole numbers with an `L`, fractions with an exponent, and hexadecimal ones.
fn number(rest: &str) -> usize {
    let digits = |from: usize| from + rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    if rest.starts_with("0x") || rest.starts_with("0X") {
        return 2 + rest[2..].bytes().take_while(u8::is_ascii_hexdigit).count();
    }
    let mut end = digits(0);
    if rest[end..].starts_with('.') {
        end = digits(end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
        let exponent = digits(end + 1 + sign);
        end = if exponent > end + 1 + sign { exponent } else { end };
    }
    end + usize::from(rest[end..].starts_with(['l', 'L']))
}

struct Parser<'a> {
    tokens: &'a [Token],
    position: usize,
}

const KEYWORDS: &[&str] = &["AND", "OR", "NOT", "BETWEEN", "LIKE", "ESCAPE", "IN", "IS", "TRUE", "FALSE", "NULL"];

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.position += usize::from(found);
        found
    }

    fn symbol(&mut self, symbols: &[&str]) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(found)) if symbols.contains(found));
        self.position += usize::from(found);
        found
    }

    fn expect(&mut self, found: bool, what: &str) -> Result<(), String> {
        if found { Ok(()) } else { Err(self.instead(what)) }
    }

    fn instead(&self, what: &str) -> String {
        match self.peek() {
            Some(token) => format!("expected {what} and found `{}`", token.text()),
            None => format!("it ends where {what} is expected"),
        }
    }

    fn or(&mut self) -> Result<(), String> {
        self.and()?;
        while self.word("OR") {
            self.and()?;
        }
        Ok(())
    }

    fn and(&mut self) -> Result<(), String> {
        self.comparison()?;
        while self.word("AND") {
            self.comparison()?;
        }
        Ok(())
    }

    fn comparison(&mut self) -> Result<(), String> {
        while self.word("NOT") {}
        self.sum()?;
        loop {
            if self.symbol(&["=", "<>", "<=", ">=", "<", ">"]) {
                self.sum()?;
            } else if self.word("IS") {
                let _ = self.word("NOT");
                let null = self.word("NULL");
                self.expect(null, "`NULL`")?;
            } else if self.is_word("NOT") || self.is_word("BETWEEN") || self.is_word("LIKE") || self.is_word("IN") {
                let _ = self.word("NOT");
                self.range()?;
            } else {
                return Ok(());
            }
        }
    }

    fn range(&mut self) -> Result<(), String> {
        if self.word("BETWEEN") {
            self.sum()?;
            let and = self.word("AND");
            self.expect(and, "`AND`")?;
            self.sum()
        } else if self.word("LIKE") {
            self.text()?;
            if self.word("ESCAPE") { self.text() } else { Ok(()) }
        } else if self.word("IN") {
            let open = self.symbol(&["("]);
            self.expect(open, "`(`")?;
            self.text()?;
            while self.symbol(&[","]) {
                self.text()?;
            }
            let close = self.symbol(&[")"]);
            self.expect(close, "`)`")
        } else {
            Err(self.instead("`BETWEEN`, `LIKE` or `IN`"))
        }
    }

    fn text(&mut self) -> Result<(), String> {
        let is_text = matches!(self.peek(), Some(Token::Literal(text)) if text.starts_with('\''));
        self.expect(is_text, "a text in single quotes")?;
        self.position += 1;
        Ok(())
    }

    fn sum(&mut self) -> Result<(), String> {
        self.operand()?;
        while self.symbol(&["+", "-", "*", "/", "%"]) {
            self.operand()?;
        }
        Ok(())
    }

    fn operand(&mut self) -> Result<(), String> {
        while self.symbol(&["+", "-"]) || self.word("NOT") {}
        if self.is_word("XPATH") && matches!(self.tokens.get(self.position + 1), Some(Token::Literal(_))) {
            self.position += 1;
        }
        if self.symbol(&["("]) {
            self.or()?;
            let close = self.symbol(&[")"]);
            return self.expect(close, "`)`");
        }
        let is_operand = match self.peek() {
            Some(Token::Literal(_)) => true,
            Some(Token::Word(word)) => {
                let keyword = KEYWORDS.iter().find(|keyword| word.eq_ignore_ascii_case(keyword));
                keyword.is_none_or(|keyword| ["TRUE", "FALSE"].contains(keyword))
            }
            _ => false,
        };
        self.expect(is_operand, "a property, a number or a text")?;
        self.position += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    /// Filters with what a 2.56.0 said about them.
    const RECORDED: &str = include_str!("../../../tests/fixtures/artemis/filters.txt");

    #[test]
    fn what_the_broker_takes_is_taken_and_what_it_refuses_is_refused() {
        for line in RECORDED.lines().filter(|line| !line.starts_with('#')) {
            let (verdict, filter) = line.split_once(' ').unwrap();
            assert_eq!(check(filter).is_ok(), verdict == "takes", "{filter}: {:?}", check(filter));
        }
    }

    #[test]
    fn a_mistake_is_told_in_words() {
        assert_eq!(check("kind = = 'a'").unwrap_err(), "expected a property, a number or a text and found `=`");
        assert_eq!(check("kind = 'a").unwrap_err(), "the quote before `a` is never closed");
        assert_eq!(check("kind = 'a' 'b'").unwrap_err(), "`'b'` is one too many");
        assert_eq!(check("a IN (").unwrap_err(), "it ends where a text in single quotes is expected");
    }
}

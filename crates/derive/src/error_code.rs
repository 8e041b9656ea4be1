//! `#[derive(ErrorCode)]`: which variant of an error raises which code.
//!
//! Reads as much of an enum as it needs and no more: the attributes `code`, the names of variants, and where a variant
//! passes on what another error says, its fields.

use std::iter::Peekable;

use proc_macro::token_stream::IntoIter;
use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::folder::Folder;
use crate::input::{Refusal, placed, text};

/// Where pages are when nothing else is said.
const FOLDER: &str = "errors";

/// The implementation for the enum or struct in `input`.
pub(crate) fn derive(input: TokenStream) -> Result<TokenStream, Refusal> {
    let mut tokens = input.into_iter().peekable();
    let mut attributes = attributes(&mut tokens)?;
    let item = head(&mut tokens)?;
    let mut pages = Pages::of(&mut attributes);
    let body = tokens.find_map(|token| group(&token));
    let arms = match (item.is_enum, attributes.first()) {
        (false, _) => arm("Self", item.name.span(), attributes, body.as_ref(), &mut pages)?,
        (true, Some((_, span))) => {
            return Err(("above an enum stands its `folder`; codes stand at its variants".to_owned(), *span));
        }
        (true, None) => variants(body, &mut pages)?,
    };
    Ok(implementation(&item.name.to_string(), &arms))
}

fn variants(body: Option<Group>, pages: &mut Pages) -> Result<TokenStream, Refusal> {
    let mut tokens = body.map(|body| body.stream()).unwrap_or_default().into_iter().peekable();
    let mut arms = TokenStream::new();
    while tokens.peek().is_some() {
        arms.extend(variant(&mut tokens, pages)?);
    }
    Ok(arms)
}

fn implementation(name: &str, arms: &TokenStream) -> TokenStream {
    let head = format!(
        "#[automatically_derived] impl ::aboveboard::errors::ErrorCode for {name} {{ \
         fn code(&self) -> ::core::option::Option<::aboveboard::errors::Code> {{ match *self "
    );
    // The text is cut where the arms stand, for only they have places of their own.
    let whole: TokenStream = format!("{head} {{}} }} }}").parse().expect("made here");
    filled(whole, arms)
}

/// The tokens, with `arms` in the one group that is empty.
fn filled(tokens: TokenStream, arms: &TokenStream) -> TokenStream {
    let inside = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let empty = group.stream().is_empty();
            let stream = if empty { arms.clone() } else { filled(group.stream(), arms) };
            TokenTree::Group(Group::new(Delimiter::Brace, stream))
        }
        token => token,
    };
    tokens.into_iter().map(inside).collect()
}

/// The folder of the pages, read once.
struct Pages {
    folder: String,
    read: Option<Folder>,
}

impl Pages {
    /// The folder that an attribute above the item names; that attribute is then dealt with.
    fn of(attributes: &mut Vec<(Said, Span)>) -> Self {
        let at = attributes.iter().position(|(said, _)| matches!(said, Said::Folder(_)));
        let named = at.map(|at| attributes.remove(at));
        let folder = match named {
            Some((Said::Folder(folder), _)) => folder,
            _ => FOLDER.to_owned(),
        };
        Self { folder, read: None }
    }

    /// An expression that includes the page of a code.
    fn page(&mut self, code: &str) -> Result<String, String> {
        if self.read.is_none() {
            self.read = Some(Folder::read(&self.folder)?);
        }
        let page = self.read.as_ref().and_then(|folder| folder.page(code));
        page.ok_or_else(|| format!("`{code}` has no page: write `{}/{code}.md`", self.folder))
    }
}

struct Item {
    is_enum: bool,
    name: proc_macro::Ident,
}

/// What stands before the fields or variants.
fn head(tokens: &mut Peekable<IntoIter>) -> Result<Item, Refusal> {
    let mut is_enum = None;
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(word) = token else { continue };
        if let Some(is_enum) = is_enum {
            if matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '<') {
                return Err(("an error with generics has no code".to_owned(), word.span()));
            }
            return Ok(Item { is_enum, name: word });
        }
        is_enum = match word.to_string().as_str() {
            "enum" => Some(true),
            "struct" => Some(false),
            "union" => return Err(("a union has no code".to_owned(), word.span())),
            _ => None,
        };
    }
    Err(("an enum or a struct is expected here".to_owned(), Span::call_site()))
}

/// One variant with the comma behind it, as an arm of a match.
fn variant(tokens: &mut Peekable<IntoIter>, pages: &mut Pages) -> Result<TokenStream, Refusal> {
    let attributes = attributes(tokens)?;
    let Some(name) = tokens.next() else { return Ok(TokenStream::new()) };
    let rest: Vec<TokenTree> =
        tokens.take_while(|token| !matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')).collect();
    let fields = rest.first().and_then(group);
    arm(&format!("Self::{name}"), name.span(), attributes, fields.as_ref(), pages)
}

/// What an attribute `code` says.
enum Said {
    Code(String),
    From,
    None,
    Folder(String),
}

fn arm(
    pattern: &str,
    name: Span,
    mut attributes: Vec<(Said, Span)>,
    fields: Option<&Group>,
    pages: &mut Pages,
) -> Result<TokenStream, Refusal> {
    let missing =
        "it has no code: `#[code(\"…\")]`, or `#[code(from)]` for that of the error inside, or `#[code(none)]`";
    let (said, span) = attributes.pop().ok_or_else(|| (missing.to_owned(), name))?;
    if !attributes.is_empty() {
        return Err(("an error has one code".to_owned(), span));
    }
    let text = match said {
        Said::Code(code) => {
            let page = pages.page(&code).map_err(|why| (why, span))?;
            format!(
                "{pattern} {{ .. }} => {{ const _: &str = {page}; \
                 ::core::option::Option::Some(::aboveboard::errors::Code::__declared({code:?})) }}"
            )
        }
        Said::From => {
            let inside = source(fields).map_err(|why| (why.to_owned(), span))?;
            format!("{pattern} {{ {inside}: ref it, .. }} => ::aboveboard::errors::ErrorCode::code(it),")
        }
        Said::None => format!("{pattern} {{ .. }} => ::core::option::Option::None,"),
        Said::Folder(_) => return Err(("the folder of all pages is said once, above the enum".to_owned(), span)),
    };
    let tokens: TokenStream = text.parse().map_err(|_| ("it is not understood".to_owned(), span))?;
    Ok(tokens.into_iter().map(|token| placed(token, span)).collect())
}

/// What the attributes `code` at the head of these tokens say; others are skipped.
fn attributes(tokens: &mut Peekable<IntoIter>) -> Result<Vec<(Said, Span)>, Refusal> {
    let mut found = Vec::new();
    while tokens.next_if(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '#')).is_some() {
        let Some(TokenTree::Group(attribute)) = tokens.next() else { continue };
        let mut inside = attribute.stream().into_iter();
        if inside.next().is_none_or(|word| word.to_string() != "code") {
            continue;
        }
        let said = inside.next().as_ref().and_then(group).and_then(|group| said(group.stream()));
        let wanted = "`code` takes `\"ACME_DISK_FULL\"`, `from`, `none` or, above an enum, `folder = \"…\"`";
        let (said, span) = said.ok_or_else(|| (wanted.to_owned(), attribute.span()))?;
        found.push((said, span));
    }
    Ok(found)
}

fn said(tokens: TokenStream) -> Option<(Said, Span)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let span = tokens.first()?.span();
    let said = match tokens.as_slice() {
        [TokenTree::Ident(word)] if word.to_string() == "from" => Said::From,
        [TokenTree::Ident(word)] if word.to_string() == "none" => Said::None,
        [one] => Said::Code(text(one)?.0),
        [TokenTree::Ident(word), TokenTree::Punct(mark), folder]
            if word.to_string() == "folder" && mark.as_char() == '=' =>
        {
            Said::Folder(text(folder)?.0)
        }
        _ => return None,
    };
    Some((said, span))
}

/// The field with the error inside: marked `#[from]` or `#[source]`, else named `source`, else the only one; as
/// thiserror has it.
fn source(fields: Option<&Group>) -> Result<String, &'static str> {
    let wanted = "which field holds the error inside? Mark it with `#[source]`, or have one field only";
    let fields = each_field(fields.ok_or("there is no error inside")?);
    let marked = fields.iter().find(|field| field.marked);
    let named = || fields.iter().find(|field| field.name == "source");
    let only = || fields.first().filter(|_| fields.len() == 1);
    marked.or_else(named).or_else(only).map(|field| field.name.clone()).ok_or(wanted)
}

/// A field of a variant.
struct FieldOf {
    /// Its name, or its number.
    name: String,
    /// Whether its type has begun, so that its name is over.
    named: bool,
    marked: bool,
}

fn each_field(fields: &Group) -> Vec<FieldOf> {
    let mut found: Vec<FieldOf> = Vec::new();
    let numbered = fields.delimiter() == Delimiter::Parenthesis;
    // Angles are no groups to the compiler's tokens, and the one of an arrow closes nothing.
    let (mut depth, mut before, mut begins) = (0, ' ', true);
    for token in fields.stream() {
        if std::mem::take(&mut begins) {
            found.push(FieldOf { name: found.len().to_string(), named: numbered, marked: false });
        }
        let field = found.last_mut().expect("one begins before its tokens");
        let mark = if let TokenTree::Punct(mark) = &token { mark.as_char() } else { ' ' };
        match &token {
            TokenTree::Group(attribute) if before == '#' => {
                field.marked |= matches!(attribute.stream().to_string().as_str(), "from" | "source");
            }
            TokenTree::Ident(word) if !field.named => field.name = word.to_string(),
            _ => {}
        }
        field.named |= mark == ':';
        depth += i32::from(mark == '<') - i32::from(mark == '>' && before != '-');
        begins = mark == ',' && depth == 0;
        before = mark;
    }
    found
}

fn group(token: &TokenTree) -> Option<Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() != Delimiter::Bracket => Some(group.clone()),
        _ => None,
    }
}

use std::fmt::Write;

use quick_xml::escape::partial_escape;

/// An XML element of an answer: a name, and either text or elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    namespace: Option<&'static str>,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Elements(Vec<Element>),
}

impl Element {
    /// `<name>text</name>`.
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over literals, numbers and references alike")]
    pub(crate) fn text(name: &str, text: impl ToString) -> Self {
        Self { name: name.to_owned(), namespace: None, content: Content::Text(text.to_string()) }
    }

    /// `<name>…</name>` around `elements`.
    pub(crate) fn of(name: impl Into<String>, elements: impl IntoIterator<Item = Self>) -> Self {
        Self { name: name.into(), namespace: None, content: Content::Elements(elements.into_iter().collect()) }
    }

    /// A list as EC2 writes it: every member is an `<item>`.
    pub(crate) fn set<I>(name: &str, members: I) -> Self
    where
        I: IntoIterator<Item: IntoIterator<Item = Self>>,
    {
        Self::of(name, members.into_iter().map(|it| Self::of("item", it)))
    }

    /// A list of plain values as EC2 writes it.
    pub(crate) fn values<T: ToString>(name: &str, values: impl IntoIterator<Item = T>) -> Self {
        Self::of(name, values.into_iter().map(|it| Self::text("item", it)))
    }

    /// A list as the query services write it: every member is a `<member>`.
    pub(crate) fn members<I>(name: &str, members: I) -> Self
    where
        I: IntoIterator<Item: IntoIterator<Item = Self>>,
    {
        Self::of(name, members.into_iter().map(|it| Self::of("member", it)))
    }

    pub(crate) fn in_namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = Some(namespace);
        self
    }

    /// The whole document with this element as its root.
    pub(crate) fn document(&self) -> String {
        let mut document = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut document);
        document
    }

    fn write(&self, into: &mut String) {
        let name = &self.name;
        into.push('<');
        into.push_str(name);
        if let Some(namespace) = self.namespace {
            into.push_str(" xmlns=\"");
            into.push_str(namespace);
            into.push('"');
        }
        into.push('>');
        match &self.content {
            Content::Text(text) => into.push_str(&partial_escape(text.as_str())),
            Content::Elements(elements) => elements.iter().for_each(|element| element.write(into)),
        }
        // Writing to a String cannot fail.
        let _ = write!(into, "</{name}>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_lists_are_items() {
        let tags = [[Element::text("key", "a<b"), Element::text("value", "R&D")]];
        let root = Element::of("Answer", [Element::set("tagSet", tags), Element::values("ids", [1, 2])]);
        assert_eq!(
            root.in_namespace("http://example.com/").document(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Answer xmlns=\"http://example.com/\">\
             <tagSet><item><key>a&lt;b</key><value>R&amp;D</value></item></tagSet>\
             <ids><item>1</item><item>2</item></ids></Answer>"
        );
    }
}

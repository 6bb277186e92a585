use quick_xml::Reader;
use quick_xml::events::Event;

/// An element of an answer.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn parse(document: &str) -> Self {
        let mut reader = Reader::from_str(document);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().expect("well-formed XML") {
                Event::Start(start) => open.push(Self { name: start.name().as_ref().to_owned(), ..Self::default() }),
                Event::End(_) => {
                    let node = open.pop().expect("balanced");
                    open.last_mut().expect("balanced").children.push(node);
                }
                Event::Text(text) => {
                    open.last_mut().expect("open").text.push_str(&text.into_inner());
                }
                Event::GeneralRef(reference) => {
                    let text = match reference.into_inner().as_ref() {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        other => panic!("unexpected &{other};"),
                    };
                    open.last_mut().expect("open").text.push_str(text);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        open.pop().expect("a root").children.pop().expect("one root")
    }

    /// The one child of this name.
    pub(crate) fn child(&self, name: &str) -> &Self {
        self.find(name).unwrap_or_else(|| panic!("{} has no {name}", self.name))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

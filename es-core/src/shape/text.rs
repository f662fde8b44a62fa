use super::node::{Field, Fields, Kind, Leaf, Node, Variant};

/// What nothing is known of.
const ANY: &str = "any";

/// The shape on one line.
pub(super) fn one_line(node: &Node) -> String {
    match &node.kind {
        _ if node.blind => ANY.to_owned(),
        Kind::Unseen | Kind::Any | Kind::Ignored => ANY.to_owned(),
        Kind::Leaf(leaf) => leaf.text().to_owned(),
        Kind::Choice(texts) | Kind::Tag(texts) => {
            let mut texts = texts.to_vec();
            texts.sort_unstable();
            format!("enum {{ {} }}", texts.join(", "))
        }
        Kind::Option(inner) => format!("{}?", one_line(inner)),
        Kind::Sequence(inner) => format!("[{}]", one_line(inner)),
        Kind::Tuple(parts) => tuple(parts),
        Kind::Map(entry) => format!("map<{}, {}>", one_line(&entry.0), one_line(&entry.1)),
        Kind::Fields(fields) if fields.have_tag() => ANY.to_owned(),
        Kind::Fields(fields) => {
            let mut parts = field_texts(fields);
            parts.extend(fields.open.then(|| "..".to_owned()));
            braces(&parts)
        }
        Kind::Enum(variants) => format!("enum {}", braces(&variant_texts(variants))),
        Kind::Tagged(tag, variants) => match same_fields(tag, variants) {
            Some(fields) => braces(&fields),
            None => format!("enum by {tag} {}", braces(&variant_texts(variants))),
        },
        Kind::Ancestor(levels, _) => "^".repeat(*levels),
    }
}

/// The shape with a line for each field or variant.
pub(super) fn lines(node: &Node) -> Vec<String> {
    match &node.kind {
        _ if node.blind => vec![ANY.to_owned()],
        Kind::Fields(fields) if !fields.open => field_texts(fields),
        Kind::Enum(variants) => variant_texts(variants),
        Kind::Tagged(tag, variants) => {
            same_fields(tag, variants).unwrap_or_else(|| vec![one_line(node)])
        }
        _ => vec![one_line(node)],
    }
}

/// A tag whose variants all have the same fields is a field as others are.
fn same_fields(tag: &str, variants: &[Variant]) -> Option<Vec<String>> {
    let mut contents = variants.iter().map(|variant| match &variant.payload.kind {
        Kind::Fields(fields) if !fields.open => Some(field_texts(fields)),
        _ => None,
    });
    let mut same = contents.next()??;
    if contents.any(|other| other.as_ref() != Some(&same)) {
        return None;
    }
    let mut names: Vec<_> = variants.iter().map(|variant| variant.name).collect();
    names.sort_unstable();
    same.push(format!("{tag}: enum {{ {} }}", names.join(", ")));
    same.sort_unstable();
    Some(same)
}

/// Whether there may be more than the text says.
pub(super) fn hides(node: &Node) -> bool {
    match &node.kind {
        _ if node.blind => true,
        Kind::Unseen | Kind::Any | Kind::Ignored => true,
        Kind::Leaf(_) | Kind::Choice(_) | Kind::Tag(_) | Kind::Ancestor(..) => false,
        Kind::Option(inner) | Kind::Sequence(inner) => hides(inner),
        Kind::Tuple(parts) => parts.iter().any(hides),
        Kind::Map(entry) => hides(&entry.0) || hides(&entry.1),
        Kind::Fields(fields) => {
            fields.open || fields.have_tag() || shown(fields).any(|field| hides(&field.node))
        }
        Kind::Enum(variants) | Kind::Tagged(_, variants) => variants.iter().any(|variant| {
            let Variant { payload, .. } = variant;
            let empty = matches!(payload.kind, Kind::Unseen | Kind::Ignored) && !payload.blind;
            !empty && hides(payload)
        }),
    }
}

fn braces(parts: &[String]) -> String {
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

fn field_texts(fields: &Fields) -> Vec<String> {
    let text = |field: &Field| format!("{}: {}", field.name, one_line(&field.node));
    let mut texts: Vec<_> = shown(fields).map(text).collect();
    texts.sort_unstable();
    texts
}

fn shown(fields: &Fields) -> impl Iterator<Item = &Field> {
    fields.list.iter().filter(|field| !field.alias && !matches!(field.node.kind, Kind::Ignored))
}

fn variant_texts(variants: &[Variant]) -> Vec<String> {
    let mut texts: Vec<_> = variants.iter().map(variant).collect();
    texts.sort_unstable();
    texts
}

fn variant(variant: &Variant) -> String {
    let (name, payload) = (variant.name, one_line(&variant.payload));
    match &variant.payload.kind {
        _ if variant.payload.blind => format!("{name}({payload})"),
        Kind::Leaf(Leaf::Null) | Kind::Unseen | Kind::Ignored => name.to_owned(),
        Kind::Fields(fields) if !fields.have_tag() => format!("{name} {payload}"),
        Kind::Tuple(parts) if payload.starts_with('(') && parts.len() != 1 => {
            format!("{name}{payload}")
        }
        _ => format!("{name}({payload})"),
    }
}

fn tuple(parts: &[Node]) -> String {
    let texts: Vec<_> = parts.iter().map(one_line).collect();
    match texts.first() {
        Some(first) if texts.len() > 4 && texts.iter().all(|text| text == first) => {
            format!("[{first}; {}]", texts.len())
        }
        _ => format!("({})", texts.join(", ")),
    }
}

impl Leaf {
    fn text(self) -> &'static str {
        match self {
            Leaf::Null => "null",
            Leaf::Bool => "bool",
            Leaf::Number(name) => name,
            Leaf::Char => "char",
            Leaf::Text => "string",
            Leaf::Bytes => "bytes",
        }
    }
}

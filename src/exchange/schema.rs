//! The JSON Schemas of what the program writes and reads, as `jxjs schema` prints them. All but that of the review are written
//! from the types by the tests, which also compare them with what is committed: `UPDATE_GOLDEN=1 cargo test --lib schema`.

/// A shape that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `check --format json`; a line of `jsonl` is an element of its `cases`.
    Review,
    /// A line of `dossiers`, which `check --from-jsonl` and `aggregate` read.
    Dossier,
    /// A line of `ledger --format jsonl`; `json` is an array of them.
    Ledger,
    /// `show --format json`.
    Show,
    /// A line of `aggregate`.
    Aggregate,
    /// `verify --format json`.
    Verify,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 6] =
        [Shape::Review, Shape::Dossier, Shape::Ledger, Shape::Show, Shape::Aggregate, Shape::Verify];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Review => "review",
            Shape::Dossier => "dossier",
            Shape::Ledger => "ledger",
            Shape::Show => "show",
            Shape::Aggregate => "aggregate",
            Shape::Verify => "verify",
        }
    }

    /// The schema.
    pub fn text(self) -> &'static str {
        match self {
            Shape::Review => include_str!("../../schema/output.schema.json"),
            Shape::Dossier => include_str!("../../schema/dossier.schema.json"),
            Shape::Ledger => include_str!("../../schema/ledger.schema.json"),
            Shape::Show => include_str!("../../schema/show.schema.json"),
            Shape::Aggregate => include_str!("../../schema/aggregate.schema.json"),
            Shape::Verify => include_str!("../../schema/verify.schema.json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::path::Path;
    use std::{env, fs};

    use schemars::generate::SchemaSettings;
    use schemars::transform::{RecursiveTransform, Transform};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde_json::{Value, json};

    use super::super::dossier::Whole;
    use super::super::keys;
    use super::super::wire::*;
    use super::*;
    use crate::model::{CellRef, Col, Month, SheetKind, Term};

    const DECIMAL: &str = r"^-?[0-9]+(\.[0-9]+)?$";
    const MONTH: &str = "^[0-9]{4}-(0[1-9]|1[0-2])$";
    const DURATION: &str = "^P(?=[0-9])([1-9][0-9]*Y)?(([1-9]|1[01])M)?([0-9]+D)?$";

    macro_rules! text {
        ($($ty:ty, $name:literal, $pattern:expr, $says:literal;)*) => {$(
            impl JsonSchema for $ty {
                fn schema_name() -> Cow<'static, str> { $name.into() }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string", "pattern": $pattern, "description": $says })
                }
            }
        )*};
    }

    text! {
        Dec, "Decimal", DECIMAL, "Points or money, exactly.";
        Month, "Month", MONTH, "A calendar month.";
        Term, "Duration", DURATION, "ISO 8601, normalised: fewer than twelve months, P1Y6M.";
    }

    impl JsonSchema for CellRef {
        fn schema_name() -> Cow<'static, str> {
            "Cell".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "array",
                "items": { "type": "integer", "minimum": 0 },
                "maxItems": 3,
                "description": "Sheet, row and column, row and column from 1; without the column where there is none, empty where there is no sheet."
            })
        }
    }

    fn path(shape: Shape) -> std::path::PathBuf {
        let file = if shape == Shape::Review { "output" } else { shape.name() };
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{file}.schema.json"))
    }

    /// The schema of what is written only: every key that is always there is required, and there are no others.
    fn written<T: JsonSchema>(shape: Shape, title: &str) -> Value {
        let mut schema = tidy::<T>(SchemaSettings::draft2020_12().for_serialize());
        RecursiveTransform(|schema: &mut Schema| {
            if schema.get("properties").is_some() {
                schema.insert("additionalProperties".to_owned(), json!(false));
            }
        })
        .transform(&mut schema);
        named(schema, shape, title)
    }

    /// The schema of what is written and read.
    fn exchanged<T: JsonSchema>(shape: Shape, title: &str) -> Value {
        let mut value = named(tidy::<T>(SchemaSettings::draft2020_12()), shape, title);
        value["properties"]["schema"] = json!({ "const": 1, "description": "Version of this shape." });
        value
    }

    /// A schema with days as a pattern, which every validator checks, and each description on one line.
    fn tidy<T: JsonSchema>(settings: SchemaSettings) -> Schema {
        let mut schema = settings.into_generator().into_root_schema_for::<T>();
        RecursiveTransform(|schema: &mut Schema| {
            if let Some(text) = schema.get("description").and_then(Value::as_str).map(|d| d.replace('\n', " ")) {
                schema.insert("description".to_owned(), json!(text));
            }
            if schema.get("format") == Some(&json!("date")) {
                schema.remove("format");
                schema.insert("pattern".to_owned(), json!("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"));
            }
            // Points and money are always text.
            if schema.get("pattern").and_then(Value::as_str).is_some_and(|p| p.contains("[eE]")) {
                let null = schema.get("type").and_then(Value::as_array).is_some_and(|t| t.contains(&json!("null")));
                schema.insert("type".to_owned(), if null { json!(["string", "null"]) } else { json!("string") });
                schema.insert("pattern".to_owned(), json!(DECIMAL));
            }
            // The ranges of machine integers say nothing to a reader.
            if schema
                .get("format")
                .and_then(Value::as_str)
                .is_some_and(|f| f.starts_with("uint") || f.starts_with("int"))
            {
                schema.remove("format");
                schema.remove("maximum");
            }
        })
        .transform(&mut schema);
        schema
    }

    fn named(schema: Schema, shape: Shape, title: &str) -> Value {
        let mut value = serde_json::to_value(schema).unwrap();
        let whole = value.as_object_mut().unwrap();
        whole.insert("$id".to_owned(), json!(format!("urn:jxjs:{}:1", shape.name())));
        whole.insert("title".to_owned(), json!(title));
        value
    }

    fn dossier() -> Value {
        let mut schema = exchanged::<Whole>(Shape::Dossier, "jxjs dossiers");
        let columns = |kind: SheetKind| {
            let names: Vec<&str> = kind.columns().map(keys::name).collect();
            (keys::sheet(kind), json!({ "title": kind.name(), "type": "array", "items": { "enum": names } }))
        };
        let presence = &mut schema["properties"]["presence"];
        presence["additionalProperties"] = json!(false);
        presence["properties"] = SheetKind::ALL.into_iter().map(columns).collect::<serde_json::Value>();
        for kind in SheetKind::ALL {
            let list = &schema["properties"][keys::list(kind)];
            let reference = [&list["items"]["$ref"], &list["$ref"], &list["anyOf"][0]["$ref"]];
            let reference = reference.into_iter().find_map(Value::as_str).unwrap().to_owned();
            let record = schema.pointer_mut(reference.trim_start_matches('#')).unwrap();
            record["title"] = json!(kind.name());
            if let Some(cells) = record["properties"].get_mut("cells") {
                cells["propertyNames"] = json!({ "$ref": reference.replace("Line", "Key") });
            }
            for (key, property) in record["properties"].as_object_mut().unwrap() {
                if let Some(col) = keys::column(kind, key) {
                    property.as_object_mut().unwrap().insert("title".to_owned(), json!(col.name()));
                }
            }
        }
        schema
    }

    fn fresh(shape: Shape, schema: &Value) {
        let text = serde_json::to_string_pretty(schema).unwrap() + "\n";
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(path(shape), &text).unwrap();
        }
        let committed = fs::read_to_string(path(shape)).unwrap_or_default().replace("\r\n", "\n");
        assert!(committed == text, "{} is out of date: UPDATE_GOLDEN=1", path(shape).display());
    }

    fn show() -> Value {
        let mut schema = written::<crate::report::show::Whole<'static>>(Shape::Show, "jxjs show --format json");
        let review: Value = serde_json::from_str(Shape::Review.text()).unwrap();
        schema["properties"]["schema"] = review["properties"]["schema"].clone();
        schema["properties"]["tool"] = review["properties"]["tool"].clone();
        schema["properties"]["cases"]["items"] = json!({ "$ref": "#/$defs/case" });
        let defs = schema["$defs"].as_object_mut().unwrap();
        for (name, def) in review["$defs"].as_object().unwrap() {
            assert!(defs.insert(name.clone(), def.clone()).is_none(), "{name} is defined twice");
        }
        schema
    }

    #[test]
    fn the_schemas_are_those_of_the_types() {
        let ledger = "jxjs ledger --format jsonl";
        fresh(Shape::Dossier, &dossier());
        fresh(Shape::Ledger, &written::<crate::report::ledger::LedgerOut<'static>>(Shape::Ledger, ledger));
        fresh(Shape::Show, &show());
        let mut verify = written::<crate::report::compare::Verification>(Shape::Verify, "jxjs verify --format json");
        verify["properties"]["schema"] = json!({ "const": 1, "description": "Version of this shape." });
        fresh(Shape::Verify, &verify);
        fresh(Shape::Aggregate, &exchanged::<crate::exchange::part::PartLine>(Shape::Aggregate, "jxjs aggregate"));
    }

    #[test]
    fn every_column_has_its_key() {
        let records: [(SheetKind, &[(&str, Col)]); 9] = [
            (SheetKind::Inmates, InmateLine::KEYS),
            (SheetKind::Applications, ApplicationLine::KEYS),
            (SheetKind::Points, PointLine::KEYS),
            (SheetKind::Awards, AwardLine::KEYS),
            (SheetKind::Rulings, RulingLine::KEYS),
            (SheetKind::Property, PropertyLine::KEYS),
            (SheetKind::Spending, SpendingLine::KEYS),
            (SheetKind::Custody, CustodyLine::KEYS),
            (SheetKind::NewCrimes, NewCrimeLine::KEYS),
        ];
        for (kind, fields) in records {
            for (key, col) in fields {
                assert_eq!((keys::name(*col), keys::column(kind, key)), (*key, Some(*col)));
            }
            // 罪犯编号 is the number of the dossier, 考核月份 and 月份 the month of the row.
            let left: Vec<&str> =
                kind.columns().filter(|c| !fields.iter().any(|(_, col)| col == c)).map(keys::name).collect();
            assert!(left.iter().all(|key| ["no", "month"].contains(key)), "{left:?} of {}", kind.name());
        }
    }
}

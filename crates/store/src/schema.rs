//! From the registry and the catalogues to [`Schema`]s: which column, which list, which position.

use std::ops::Range;

use aboveboard_catalog::{Catalog, Field};

use crate::registry::{RegisteredEvent, RegisteredField, RegisteredTool, Registry, Storage};
use crate::table::{
    Column, ColumnKind, EventPlace, OriginPlace, PRESENCE, PRESENCE_TABLE, Schema, Table, VersionField,
};

/// The schemas of the catalogues' tools in the order of the catalogues, then those of tools no longer declared.
pub(crate) fn schemas(registry: &Registry, catalogs: &[Catalog]) -> Vec<Schema> {
    let declared = |tool: &RegisteredTool| catalogs.iter().position(|catalog| catalog.tool.name == tool.name);
    let mut numbers: Vec<usize> = (0..registry.tools.len()).collect();
    numbers.sort_by_key(|&number| declared(&registry.tools[number]).unwrap_or(usize::MAX));
    let schema = |number: usize| {
        let tool = &registry.tools[number];
        schema(number, tool, declared(tool).map(|position| &catalogs[position]))
    };
    numbers.into_iter().map(schema).collect()
}

fn schema(number: usize, tool: &RegisteredTool, catalog: Option<&Catalog>) -> Schema {
    let mut schema =
        Schema { tool: tool.name.clone(), number, retention_days: tool.retention_days, ..Schema::default() };
    for (field, registered) in tool.origin.iter().enumerate() {
        let kind = schema.kind(PRESENCE_TABLE, field, registered);
        schema.place_in_origin(registered, kind);
    }
    let presence = schema.presence();
    schema.tables.push(presence);
    for event in &tool.events {
        let table = schema.event_table(event);
        schema.tables.push(table);
    }
    if let Some(catalog) = catalog {
        schema.find_places(tool, catalog);
    }
    schema
}

impl Schema {
    /// What the codes of a field mean, with a list of its own where it needs one.
    fn kind(&mut self, table: usize, field: usize, registered: &RegisteredField) -> ColumnKind {
        match registered.storage {
            Storage::Flag => ColumnKind::Flag,
            Storage::Number(_) => ColumnKind::Number,
            Storage::Id => ColumnKind::Id,
            Storage::Member => ColumnKind::Text(push(&mut self.texts, registered.members.clone())),
            Storage::Set => ColumnKind::Set(push(&mut self.texts, registered.members.clone())),
            Storage::Version(distinct_max) => {
                ColumnKind::Version(push(&mut self.versions, VersionField { table, field, distinct_max }))
            }
        }
    }

    fn place_in_origin(&mut self, registered: &RegisteredField, kind: ColumnKind) {
        let place = if kind == ColumnKind::Id {
            let name = format!("id_{}", registered.name);
            OriginPlace::Id(push(&mut self.ids, Column { name, kind }))
        } else {
            OriginPlace::Tuple(push(&mut self.origin, Column { name: registered.name.clone(), kind }))
        };
        self.origin_fields.push((place, kind));
    }

    fn presence(&self) -> Table {
        let mut columns = self.first_columns();
        columns.push(Column { name: "first".into(), kind: ColumnKind::First });
        columns.push(Column { name: "cohort".into(), kind: ColumnKind::Cohort });
        Table { name: PRESENCE.into(), event: None, columns, ids: self.id_range() }
    }

    fn event_table(&mut self, event: &RegisteredEvent) -> Table {
        let table = self.tables.len();
        let mut columns = self.first_columns();
        for (number, field) in event.fields.iter().enumerate() {
            let kind = self.kind(table, number, field);
            columns.push(Column { name: format!("field_{}", field.name), kind });
        }
        Table { name: format!("event.{}", event.name), event: None, columns, ids: self.id_range() }
    }

    /// The columns that every table begins with.
    fn first_columns(&self) -> Vec<Column> {
        let day = Column { name: "day".into(), kind: ColumnKind::Day };
        let origin = Column { name: "origin".into(), kind: ColumnKind::Origin };
        [day, origin].into_iter().chain(self.ids.iter().cloned()).collect()
    }

    fn id_range(&self) -> Range<usize> {
        2..2 + self.ids.len()
    }

    fn find_places(&mut self, tool: &RegisteredTool, catalog: &Catalog) {
        let numbers = catalog.origin.iter().map(|field| number_of(field, &tool.origin));
        self.origin_places = numbers.map(|number| Some(self.origin_fields[number?].0)).collect();
        for (position, event) in catalog.events.iter().enumerate() {
            let number = tool.events.iter().position(|known| known.name == event.name).unwrap_or_default();
            let table = number + 1;
            let first = self.tables[table].first_field();
            let column = |field| Some(first + number_of(field, &tool.events[number].fields)?);
            self.event_places.push(EventPlace { table, columns: event.fields.iter().map(column).collect() });
            self.tables[table].event = Some(position);
        }
    }
}

/// The number of a declared field in the registry; `None` for dropped ones.
fn number_of(field: &Field, registered: &[RegisteredField]) -> Option<usize> {
    Storage::of(&field.kind)?;
    registered.iter().position(|known| known.name == field.name)
}

fn push<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len() - 1
}

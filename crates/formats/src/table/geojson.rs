//! GeoJSON (RFC 7946): the properties of each feature, with its coordinates. Must never compute with geometry.

use super::json::{Rows, WithoutMark};
use super::tree;
use crate::chunk::Start;
use crate::{About, Format, FormatError, ReadOptions, Sink, first_byte, has_ending};
use model::{Problem, Severity};
use serde_json::Value;
use std::io::Read;

/// See the module.
pub struct GeoJson;

impl Format for GeoJson {
    fn about(&self) -> About {
        About {
            name: "geojson",
            title: "GeoJSON",
            summary: "features with properties; points give `longitude` and `latitude`, other shapes `_geometry`",
            media_types: &["application/geo+json"],
            endings: &["geojson"],
            sample: br#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "A"},
                "geometry": {"type": "Point", "coordinates": [149.1, -35.3]}}]}"#,
        }
    }

    fn recognizes(&self, name: &str, head: &[u8]) -> bool {
        let said = memchr::memmem::find(head, b"\"FeatureCollection\"").is_some();
        first_byte(head) == Some(b'{') && (has_ending(name, self.about().endings) || said)
    }

    fn read(&self, input: &mut dyn Read, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<(), FormatError> {
        let mut rows = Rows::new(options.limits, false, sink);
        let path = if options.records.is_empty() { "features" } else { &options.records };
        tree::walk(&mut WithoutMark::new(input), path, options.limits, &mut |feature, _| {
            rows.record += 1;
            let start = Start { line: 0, record: rows.record };
            put_geometry(&mut rows, &feature, start);
            if let Some(id) = feature.get("id").filter(|id| !id.is_null()) {
                let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
                rows.chunk.put("_feature", &id, start);
            }
            if let Some(properties) = feature.get("properties") {
                tree::put_record(&mut rows.chunk, properties, &[], start, options.limits.depth);
            }
            rows.end_row(start)
        })?;
        rows.finish();
        Ok(())
    }
}

fn put_geometry(rows: &mut Rows<'_, '_>, feature: &Value, start: Start) {
    let Some(geometry) = feature.get("geometry").filter(|geometry| !geometry.is_null()) else { return };
    if geometry.get("type").and_then(Value::as_str) != Some("Point") {
        rows.chunk.put("_geometry", &geometry.to_string(), start);
        return;
    }
    let coordinate = |index| geometry.get("coordinates").and_then(|pair| pair.get(index)).and_then(Value::as_f64);
    match (coordinate(0), coordinate(1)) {
        (Some(longitude), Some(latitude)) if longitude.abs() <= 180.0 && latitude.abs() <= 90.0 => {
            rows.chunk.put("longitude", &longitude.to_string(), start);
            rows.chunk.put("latitude", &latitude.to_string(), start);
        }
        _ => {
            let place = rows.chunk.place(start, Some("coordinates"));
            let hint = "a point has a longitude from -180 to 180 and a latitude from -90 to 90, in degrees";
            let problem = Problem::new("wrong_coordinates", Severity::ValueLeftOut, place, &geometry.to_string(), hint);
            rows.chunk.problem(problem);
        }
    }
}

//! Every built-in catalogue parses, lints clean, and is complete.

use std::fs;

use aboveboard_catalog::{Day, lint};

use crate::{TOOLS, catalog, repository};

fn today() -> Day {
    Day::parse("2026-11-22").expect("a day")
}

#[test]
fn built_in_catalogues_have_no_problem() {
    for tool in TOOLS {
        let problems: Vec<String> = lint(&catalog(tool), today()).iter().map(ToString::to_string).collect();
        assert_eq!(problems.join("\n"), "", "{tool}");
    }
}

#[test]
fn every_folder_is_the_catalogue_of_its_name() {
    let folders = fs::read_dir(repository().join("catalogs")).expect("a folder");
    let mut names: Vec<String> =
        folders.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    assert_eq!(names, TOOLS);
    for tool in TOOLS {
        assert_eq!(catalog(tool).tool.name, tool);
    }
}

#[test]
fn every_list_file_is_used() {
    for tool in TOOLS {
        let catalog = catalog(tool);
        let fields = catalog.origin.iter().chain(catalog.events.iter().flat_map(|event| &event.fields));
        let used: Vec<&str> = fields.filter_map(|field| field.kind.list()).collect();
        let Ok(lists) = fs::read_dir(repository().join("catalogs").join(tool).join("lists")) else { continue };
        for entry in lists {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            assert!(used.contains(&format!("lists/{name}").as_str()), "{tool}: no field uses lists/{name}");
        }
    }
}

#[test]
fn we_collect_nothing_about_ourselves() {
    let ours = catalog("aboveboard");
    assert!(ours.events.is_empty() && ours.origin.is_empty());
    assert_eq!(ours.tool.mode, aboveboard_catalog::Mode::Off);
}

/// Every event of every client generation that is known, by name: one that is lost from a catalogue fails here.
#[test]
fn no_known_event_is_missing() {
    let check = |tool: &str, known: &str| {
        let mut known: Vec<&str> = known.split_whitespace().collect();
        known.sort_unstable();
        let catalog = catalog(tool);
        let mut declared: Vec<&str> = catalog.events.iter().map(|event| event.name.as_str()).collect();
        declared.sort_unstable();
        assert_eq!(declared, known, "{tool}");
    };
    check(
        "nextjs",
        "DEV_OVERLAY_RESTART_SERVER NEXT_AGENT_FEEDBACK NEXT_AGENT_UPGRADE_AGENT_RESULT NEXT_AGENT_UPGRADE_CLI_RESULT
         NEXT_AGENT_UPGRADE_NUDGE_DECISION NEXT_AGENT_UPGRADE_NUDGE_SHOWN NEXT_AGENT_UPGRADE_POLICY_DETECTED
         NEXT_AGENT_UPGRADE_RUN_STARTED NEXT_ANALYZE_COMPLETED NEXT_BUILD_COMPLETED NEXT_BUILD_FAILED
         NEXT_BUILD_FEATURE_USAGE NEXT_BUILD_OPTIMIZED NEXT_CLI_SESSION_STARTED NEXT_CLI_SESSION_STOPPED
         NEXT_CLI_UNKNOWN_FLAG NEXT_EDGE_ALLOW_DYNAMIC_USED NEXT_ERROR_FEEDBACK NEXT_ERROR_THROWN
         NEXT_LINT_CHECK_COMPLETED NEXT_MCP_TOOL_USAGE NEXT_PACKAGE_DETECTED NEXT_PACKAGE_USED_IN_GET_SERVER_SIDE_PROPS
         NEXT_SWC_LOAD_FAILURE NEXT_SWC_PLUGIN_DETECTED NEXT_TYPE_CHECK_COMPLETED NEXT_VERSION WEBPACK_INVALIDATED",
    );
    check(
        "clerk",
        "CLI_COMMAND_EXECUTED COMPONENT_MOUNTED COMPONENT_OPENED FLOW_STEP_MOUNTED FRAMEWORK_METADATA
         KEYLESS_ENV_DRIFT_DETECTED LOG METHOD_CALLED METHOD_INVOKED THEME_USAGE VIEW_DID_APPEAR",
    );
    check("acme", "command_finished consent_chosen error_followed error_shown feedback_given plugin_loaded site_built");
}

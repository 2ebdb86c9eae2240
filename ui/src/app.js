// What scripts add. Every page works without: these are shortcuts, never the only way.
import "./app.scss";
import "htmx.org";
import { Button, ErrorSummary, ServiceNavigation, createAll } from "govuk-frontend";
import { keys } from "./keys.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(ServiceNavigation);
createAll(ErrorSummary);
createAll(Button);
keys();

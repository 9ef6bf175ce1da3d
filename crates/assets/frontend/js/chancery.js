// Everything that pages do beyond HTML. Every task works without it.
import { DatePicker } from "@ministryofjustice/frontend/moj/components/date-picker/date-picker.mjs";
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { Tabs } from "govuk-frontend/dist/govuk/components/tabs/tabs.mjs";

import { copying } from "./copy.js";
import { living } from "./live.js";
import { menus } from "./menus.js";
import { ticking } from "./ticks.js";

const modules = {
  "govuk-button": Button,
  "govuk-character-count": CharacterCount,
  "govuk-checkboxes": Checkboxes,
  "govuk-error-summary": ErrorSummary,
  "govuk-notification-banner": NotificationBanner,
  "govuk-password-input": PasswordInput,
  "govuk-radios": Radios,
  "govuk-skip-link": SkipLink,
  "govuk-tabs": Tabs,
  "moj-date-picker": DatePicker,
};

// GOV.UK Frontend does this in an inline script, which our Content-Security-Policy forbids.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

export const begin = (what) => {
  // One thing that fails must not take the others with it: each only adds to a page that works without it.
  try {
    what();
  } catch (error) {
    console.error(error);
  }
};

for (const [name, Module] of Object.entries(modules)) {
  for (const element of document.querySelectorAll(`[data-module="${name}"]`)) {
    begin(() => new Module(element));
  }
}
[copying, living, menus, ticking].forEach(begin);

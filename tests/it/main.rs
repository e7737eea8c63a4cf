mod site;
mod site_fixture;

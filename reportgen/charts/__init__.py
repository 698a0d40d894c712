"""Values to pictures: curves that stand in the page, and painted charts as files of their own."""

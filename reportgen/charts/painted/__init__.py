"""Charts that matplotlib paints: overviews of experiments as SVG, social cards as PNG."""

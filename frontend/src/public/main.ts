import "../styles/public.scss";
